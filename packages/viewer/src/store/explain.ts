import { codeOf, messageOf, ViewerError } from '../errors.js';

/**
 * What is wrong with the file, in one sentence that names it.
 * @param error what the engine or the system threw
 * @param path the file
 */
export function explain(error: unknown, path: string): ViewerError {
  return error instanceof ViewerError ? error : new ViewerError(sentence(error, path));
}

/** Whether another process holds the file, so that trying again soon is worth it. */
export function isLocked(error: unknown): boolean {
  return codeOf(error)?.startsWith('SQLITE_BUSY') === true;
}

function sentence(error: unknown, path: string): string {
  const code = codeOf(error);
  if (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'EROFS' ||
    code?.startsWith('SQLITE_READONLY')
  ) {
    return `cannot write to ${path}: permission denied`;
  }
  if (code === 'EISDIR') return `${path} is a folder, and the database has to be a file`;
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return `cannot make the folder of ${path}: a file is in the way`;
  }
  if (code === 'SQLITE_NOTADB' || code?.startsWith('SQLITE_CORRUPT')) {
    return `${path} is damaged: move it away, and a new one is made`;
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return `the disk of ${path} is full`;
  if (code?.startsWith('SQLITE_IOERR')) return `the disk does not take or give what is in ${path}`;
  if (isLocked(error)) return `${path} is locked by another process`;
  // libsql tells of a file that cannot be opened without a code of its own.
  if (messageOf(error).includes('Unable to open')) {
    return `cannot open ${path}: permission denied, or no place for a file`;
  }
  return `cannot open ${path}: ${messageOf(error)}`;
}
