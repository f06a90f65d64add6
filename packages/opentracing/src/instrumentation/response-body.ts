/** What is told of a body. */
export interface BodyWatcher {
  /** The program has begun to read. */
  onRead(): void;
  /** All has been received. */
  onEnd(): void;
  /** The program has given up the rest. */
  onCancel(): void;
  onError(error: unknown): void;
}

const READERS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;
const NO_BODY: readonly number[] = [101, 204, 205, 304];

/** What the functions here take the place of. */
type Method<T> = (this: T, ...args: unknown[]) => unknown;

/** What `pipeThrough` takes. */
interface Pair {
  readable: ReadableStream;
  writable: WritableStream;
}

interface PipeOptions {
  signal?: unknown;
}

/** @internal Whether it is one: what stands in for `fetch` in a test may give anything. */
export function isResponse(answer: unknown): answer is Response {
  const { headers, bodyUsed } = (answer ?? {}) as Partial<Response>;
  return typeof headers?.get === 'function' && typeof bodyUsed === 'boolean';
}

/** @internal Whether there is nothing to be read, or nothing that the program may see. */
export function hasNoBody({ status, type, headers }: Response, method: string): boolean {
  return (
    method === 'HEAD' ||
    NO_BODY.includes(status) ||
    headers.get('content-length') === '0' ||
    type === 'opaque' ||
    type === 'opaqueredirect'
  );
}

/**
 * Sees when the body of a response has been received, by what the program reads: nothing is read for it,
 * and nothing kept. What the program calls does what it did, in the same order.
 *
 * @internal
 */
export function watchResponse(response: Response, watcher: BodyWatcher): void {
  /** As far as the program has asked for it. */
  let body: ReadableStream | null = null;
  for (const name of READERS) {
    override(response, name, (read) => {
      return function (...args) {
        if (this.bodyUsed || body?.locked) {
          return Reflect.apply(read, this, args);
        }
        watcher.onRead();
        return settled(Reflect.apply(read, this, args), watcher);
      };
    });
  }
  override(response, 'clone', (clone) => {
    return function (...args) {
      const copy = Reflect.apply(clone, this, args) as Response;
      const [mine, other] = inTwo(watcher);
      watchResponse(copy, other);
      watcher = mine;
      return copy;
    };
  });
  const seen = new WeakSet<ReadableStream>();
  overrideGetter(response, 'body', (stream: ReadableStream | null) => {
    body = stream;
    // After `clone` there is another stream.
    if (stream !== null && !seen.has(stream)) {
      seen.add(stream);
      watchStream(stream, {
        onRead: () => watcher.onRead(),
        onEnd: () => watcher.onEnd(),
        onCancel: () => watcher.onCancel(),
        onError: (error) => watcher.onError(error),
      });
    }
  });
}

function watchStream(stream: ReadableStream, watcher: BodyWatcher): void {
  override(stream, 'getReader', (getReader) => {
    return function (...args) {
      const reader = Reflect.apply(getReader, this, args) as ReadableStreamDefaultReader;
      watchReader(reader, watcher);
      return reader;
    };
  });
  override(stream, 'cancel', (cancel) => {
    return function (...args) {
      // It is refused where somebody reads.
      if (!this.locked) {
        watcher.onCancel();
      }
      return Reflect.apply(cancel, this, args);
    };
  });
  override(stream, 'tee', (tee) => {
    return function (...args) {
      const branches = Reflect.apply(tee, this, args) as [ReadableStream, ReadableStream];
      const watchers = inTwo(watcher);
      branches.forEach((branch, i) => {
        watchStream(branch, watchers[i] as BodyWatcher);
      });
      return branches;
    };
  });
  const { pipeTo } = stream;
  override(stream, 'pipeTo', () => {
    return function (...args) {
      if (this.locked) {
        return Reflect.apply(pipeTo, this, args);
      }
      watcher.onRead();
      return settled(Reflect.apply(pipeTo, this, args), watcher);
    };
  });
  override(stream, 'pipeThrough', (pipeThrough) => {
    return function (...args) {
      const [transform, options] = args as [Pair, PipeOptions?];
      if (this.locked || !isUnlockedPair(transform) || !areOptions(options)) {
        // Throws.
        return Reflect.apply(pipeThrough, this, args);
      }
      const { readable, writable } = transform;
      watcher.onRead();
      const piped = Reflect.apply(pipeTo, this, [writable, options]);
      piped.then(
        () => watcher.onEnd(),
        (error: unknown) => watcher.onError(error),
      );
      return readable;
    };
  });
  for (const name of ['values', Symbol.asyncIterator] as const) {
    override(stream, name, (iterate) => {
      return function (...args) {
        const iterator = Reflect.apply(iterate, this, args) as AsyncIterator<unknown>;
        const [options] = args as [{ preventCancel?: boolean }?];
        watchIterator(iterator, options?.preventCancel === true, watcher);
        return iterator;
      };
    });
  }
}

function watchReader(reader: ReadableStreamDefaultReader, watcher: BodyWatcher): void {
  let isOver = false;
  watcher.onRead();
  override(reader, 'cancel', (cancel) => {
    return function (...args) {
      if (!isOver) {
        isOver = true;
        watcher.onCancel();
      }
      return Reflect.apply(cancel, this, args);
    };
  });
  override(reader, 'releaseLock', (releaseLock) => {
    return function (...args) {
      const released = Reflect.apply(releaseLock, this, args);
      isOver = true;
      return released;
    };
  });
  reader.closed.then(
    () => isOver || watcher.onEnd(),
    (error: unknown) => isOver || watcher.onError(error),
  );
}

/** @param leavesRest - whether a loop that ends early leaves the rest to be read */
function watchIterator(
  iterator: AsyncIterator<unknown>,
  leavesRest: boolean,
  watcher: BodyWatcher,
): void {
  watcher.onRead();
  override(iterator, 'next', (next) => {
    return function (...args) {
      const promise = Reflect.apply(next, this, args) as Promise<IteratorResult<unknown>>;
      return promise.then(
        (result) => {
          if (result.done) {
            watcher.onEnd();
          }
          return result;
        },
        (error: unknown) => {
          watcher.onError(error);
          throw error;
        },
      );
    };
  });
  override(iterator, 'return', (end) => {
    return function (...args) {
      if (!leavesRest) {
        watcher.onCancel();
      }
      return Reflect.apply(end, this, args);
    };
  });
}

/** The promise of what reads the whole. */
function settled(promise: unknown, watcher: BodyWatcher): Promise<unknown> {
  return (promise as Promise<unknown>).then(
    (value) => {
      watcher.onEnd();
      return value;
    },
    (error: unknown) => {
      // The text was received, and is no JSON.
      if (error instanceof SyntaxError) {
        watcher.onEnd();
      } else {
        watcher.onError(error);
      }
      throw error;
    },
  );
}

/** For the two branches of a body: it is given up when both are. */
function inTwo(watcher: BodyWatcher): [BodyWatcher, BodyWatcher] {
  let cancelled = 0;
  const branch = (): BodyWatcher => ({
    onRead: () => watcher.onRead(),
    onEnd: () => watcher.onEnd(),
    onError: (error) => watcher.onError(error),
    onCancel() {
      cancelled++;
      if (cancelled === 2) {
        watcher.onCancel();
      }
    },
  });
  return [branch(), branch()];
}

/** Gives one object a method of its own, which does not show when its properties are listed. */
function override<T extends object>(
  object: T,
  name: string | symbol,
  wrap: (method: Method<T>) => Method<T>,
): void {
  const method: unknown = Reflect.get(object, name);
  if (typeof method === 'function') {
    Object.defineProperty(object, name, {
      value: wrap(method as Method<T>),
      configurable: true,
      writable: true,
    });
  }
}

/** Sees what the getter of one object returns. */
function overrideGetter<T>(object: object, name: string, see: (value: T) => void): void {
  const get = getterOf(object, name);
  if (get !== undefined) {
    Object.defineProperty(object, name, {
      get() {
        const value = Reflect.apply(get, this, []);
        see(value as T);
        return value;
      },
      configurable: true,
    });
  }
}

function getterOf(object: object | null, name: string): (() => unknown) | undefined {
  return object === null
    ? undefined
    : (Object.getOwnPropertyDescriptor(object, name)?.get ??
        getterOf(Object.getPrototypeOf(object), name));
}

function isUnlockedPair(pair: unknown): boolean {
  const { readable, writable } = (pair ?? {}) as Partial<Pair>;
  return readable !== undefined && writable !== undefined && !writable.locked;
}

/** What is refused at once by `pipeThrough` is a rejection of `pipeTo`. */
function areOptions(options: PipeOptions | undefined): boolean {
  return (
    options === undefined ||
    (Object(options) === options &&
      (options.signal === undefined || options.signal instanceof AbortSignal))
  );
}
