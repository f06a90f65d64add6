import { join } from 'node:path';
import { expect, it } from 'vitest';
import { get, type Json, post, span, temporaryFolder } from './support/collector.js';
import { viewer } from './support/command.js';

const SENDERS = 8;
const SPANS_PER_BATCH = 25;
const BATCHES_BEFORE_THE_KILL = 200;

async function start(db: string) {
  const running = viewer(['--port', '0', '--db', db]);
  const [, url = ''] = await running.waitFor(/open (http:\S+)/);
  return { running, url };
}

it('loses nothing that was answered 202 when it is killed under load, and halves nothing else', async () => {
  const db = join(await temporaryFolder(), 'traces.db');
  const first = await start(db);
  const accepted: string[] = [];
  const unanswered: string[] = [];
  let kill: () => void = () => undefined;
  const enough = new Promise<void>((resolve) => {
    kill = resolve;
  });

  const send = async (sender: number) => {
    for (let number = 0; ; number += 1) {
      const traceId = (sender * 1_000_000 + number + 1).toString(16).padStart(16, '0');
      const batch = Array.from({ length: SPANS_PER_BATCH }, (_, i) =>
        span({ traceId, id: (i + 1).toString(16), tags: { text: 'x'.repeat(200) } }),
      );
      const answer = await post(first, batch).catch(() => undefined);
      if (answer === undefined) return void unanswered.push(traceId);
      expect(answer.status).toBe(202);
      accepted.push(traceId);
      if (accepted.length === BATCHES_BEFORE_THE_KILL) kill();
    }
  };
  const senders = Array.from({ length: SENDERS }, (_, sender) => send(sender));
  await enough;
  first.running.child.kill('SIGKILL');
  await Promise.all(senders);
  expect((await first.running.ended).signal).toBe('SIGKILL');
  expect(accepted.length).toBeGreaterThanOrEqual(BATCHES_BEFORE_THE_KILL);

  const second = await start(db);
  for (const traceId of accepted) {
    const { json } = await get(second, `/api/v2/trace/${traceId}`);
    expect(json, traceId).toHaveLength(SPANS_PER_BATCH);
  }
  for (const traceId of unanswered) {
    const { status, json } = await get(second, `/api/v2/trace/${traceId}`);
    if (status === 200) expect(json as Json[], traceId).toHaveLength(SPANS_PER_BATCH);
  }
  second.running.child.kill('SIGTERM');
  expect(await second.running.ended).toEqual({ code: 0, signal: null });
});
