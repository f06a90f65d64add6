#!/usr/bin/env node
// Stands beside the sources, unlike the output: npm links the command when it installs, and in a fresh
// clone nothing is built by then.
import { existsSync } from 'node:fs';

const program = new URL('../dist/bin.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  console.error('opentracing-viewer: it is not built yet; run "npm run build" first');
  process.exit(1);
}
