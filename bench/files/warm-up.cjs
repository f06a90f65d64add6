// Loaded before the clock runs.
