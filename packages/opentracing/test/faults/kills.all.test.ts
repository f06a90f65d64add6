import { describe, it } from 'vitest';
import { killInTurn } from './kills.js';

describe('spans with a spool are delivered or counted', () => {
  it(
    'the program is killed a hundred times while the collector comes and goes',
    {
      timeout: 240_000,
    },
    (context) => killInTurn(context, 100),
  );
});
