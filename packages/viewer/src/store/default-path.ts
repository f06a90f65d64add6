import { join } from 'node:path';
import envPaths from 'env-paths';

/**
 * Where traces are kept unless the caller says otherwise: `opentracing-viewer/traces.db` under the
 * user's state folder (`$XDG_STATE_HOME`, `~/.local/state`), under `~/Library/Application Support`
 * on macOS and `%LOCALAPPDATA%` on Windows, which have no state folder of their own.
 */
export function defaultDatabasePath(): string {
  const paths = envPaths('opentracing-viewer', { suffix: '' });
  // env-paths calls the XDG state folder `log`, after what it is used for most.
  const folder =
    process.platform === 'darwin' || process.platform === 'win32' ? paths.data : paths.log;
  return join(folder, 'traces.db');
}
