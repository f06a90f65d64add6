import { join } from 'node:path';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { get, type Json, post, span, temporaryFolder } from './support/collector.js';
import { viewer } from './support/command.js';

const ROUNDS = 100;
const DELETING_ROUNDS = 8;
const SENDERS = 4;
const SPANS_PER_BATCH = 20;
/** The collector is killed some time after its first answer, at most so much later, in milliseconds. */
const LIFE = 120;

/** A repeatable random number from 0 to 1 for each round. */
function random(round: number): number {
  return ((round * 7_919 + 104_729) % 1_000) / 1_000;
}

function idOf(round: number, sender: number, number: number): string {
  return (round * 1e9 + sender * 1e6 + number + 1).toString(16).padStart(16, '0');
}

function batch(traceId: string): Json[] {
  return Array.from({ length: SPANS_PER_BATCH }, (_, i) =>
    span({ traceId, id: (i + 1).toString(16), tags: { text: traceId.repeat(20) } }),
  );
}

it(`killed ${ROUNDS} times under load, a collector has every span that was answered 202, and no half of another batch`, async () => {
  const db = join(await temporaryFolder(), 'traces.db');
  const args = ['--port', '0', '--db', db];
  const accepted = new Set<string>();
  const unanswered = new Set<string>();

  for (let round = 1; round <= ROUNDS; round += 1) {
    const running = viewer(args);
    const [, url = ''] = await running.waitFor(/open (http:\S+)/);
    const collector = { url };
    const send = async (sender: number) => {
      for (let number = 0; ; number += 1) {
        const id = idOf(round, sender, number);
        const answer = await post(collector, batch(id)).catch(() => undefined);
        if (answer === undefined) return void unanswered.add(id);
        expect(answer.status, answer.text).toBe(202);
        accepted.add(id);
        if (number === 0 && sender === 0) {
          setTimeout(() => running.child.kill('SIGKILL'), LIFE * random(round));
        }
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, (_, sender) => send(sender)));
    expect((await running.ended).signal).toBe('SIGKILL');
  }
  expect(accepted.size).toBeGreaterThan(ROUNDS);

  const last = viewer(args);
  const [, url = ''] = await last.waitFor(/open (http:\S+)/);
  for (const id of [...accepted, ...unanswered]) {
    const { status, json } = await get({ url }, `/api/v2/trace/${id}`);
    if (status === 404) expect(accepted.has(id), id).toBe(false);
    else expect(json, id).toHaveLength(SPANS_PER_BATCH);
  }
  last.child.kill('SIGTERM');
  expect(await last.ended).toEqual({ code: 0, signal: null });
  expect(first(db, 'PRAGMA integrity_check')).toBe('ok');
}, 300_000);

it('killed while it deletes, a collector goes on deleting, and leaves no half of a trace', async () => {
  const db = join(await temporaryFolder(), 'traces.db');
  const args = ['--port', '0', '--db', db, '--max-size', '1mb'];
  const accepted: string[] = [];
  for (let round = 1; round <= DELETING_ROUNDS; round += 1) {
    const running = viewer(args);
    const [, url = ''] = await running.waitFor(/open (http:\S+)/);
    let deleted = false;
    for (let number = 0; ; number += 1) {
      const id = idOf(round, 0, number);
      const answer = await post({ url }, batch(id)).catch(() => undefined);
      if (answer === undefined) break;
      accepted.push(id);
      if (number % 10 > 0 || deleted) continue;
      const oldest = await get({ url }, `/api/v2/trace/${idOf(round, 0, 0)}`).catch(
        () => undefined,
      );
      deleted = oldest?.status === 404;
      if (deleted) setTimeout(() => running.child.kill('SIGKILL'), LIFE * random(round));
    }
    expect((await running.ended).signal).toBe('SIGKILL');
  }

  // Nothing is deleted while it is looked at.
  const last = viewer(['--port', '0', '--db', db, '--max-size', 'none']);
  const [, url = ''] = await last.waitFor(/open (http:\S+)/);
  const states: number[] = [];
  for (const id of accepted) {
    const { status, json } = await get({ url }, `/api/v2/trace/${id}`);
    states.push(status);
    if (status === 200) expect(json, id).toHaveLength(SPANS_PER_BATCH);
  }
  // What arrived first is gone, and what arrived later is there.
  expect(states).toEqual([...states].sort((a, b) => b - a));
  last.child.kill('SIGTERM');
  await last.ended;
  expect(first(db, 'PRAGMA integrity_check')).toBe('ok');
  expect(first(db, 'SELECT count(*) FROM term WHERE trace NOT IN (SELECT id FROM trace)')).toBe(0);
  expect(first(db, 'SELECT count(*) FROM span WHERE trace NOT IN (SELECT id FROM trace)')).toBe(0);
}, 300_000);

function first(db: string, sql: string): unknown {
  const file = new Database(db);
  const [row] = file.prepare(sql).raw().all();
  file.close();
  return Array.isArray(row) ? row[0] : undefined;
}
