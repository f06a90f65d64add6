// Shared by all copies of this package in one thread, ESM beside CommonJS or two versions: two copies
// that watch the same requests would record each of them twice.
const SLOT = Symbol.for('opentracing-ts/v1/instrumentation');
const slots = globalThis as { [SLOT]?: Set<string> };

/**
 * Installs an instrumentation unless it is installed already.
 *
 * @param name - what the instrumentation is known by
 * @param install - installs it and returns the function that takes it out again
 * @returns takes the instrumentation out again; does nothing when this call did not install it, and
 *   when called again
 * @internal
 */
export function installOnce(name: string, install: () => () => void): () => void {
  slots[SLOT] ??= new Set();
  const installed = slots[SLOT];
  if (installed.has(name)) {
    return () => {};
  }
  const uninstall = install();
  installed.add(name);
  let isInstalled = true;
  return () => {
    if (isInstalled) {
      isInstalled = false;
      installed.delete(name);
      uninstall();
    }
  };
}
