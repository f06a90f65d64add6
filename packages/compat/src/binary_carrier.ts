import { es5Class } from './es5_class.js';

class BinaryCarrierBase {
  /** The encoded span context. */
  buffer!: ArrayLike<number>;
}

/** The carrier of `FORMAT_BINARY`: `inject` sets its buffer, `extract` reads it. */
interface BinaryCarrier extends BinaryCarrierBase {}

/** The carrier of `FORMAT_BINARY`; any object with a `buffer` will do as well. */
const BinaryCarrier = es5Class(BinaryCarrierBase, (self, buffer: ArrayLike<number>) => {
  self.buffer = buffer;
});

export default BinaryCarrier;
