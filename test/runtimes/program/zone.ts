// For a program that has loaded zone.js, and is compiled as it asks: `await` as a generator.
import { scopeChecks } from 'opentracing-ts/harness';
import { ZoneScopeManager } from 'opentracing-ts/scope-managers/zone';
import type { Area } from './report.js';
import { tracerChecks } from './tracers.js';

const zone: Area = () => {
  const create = () => new ZoneScopeManager();
  create();
  return [...scopeChecks(create, { async: true }), ...tracerChecks(create, { async: true })];
};

export const areas = { zone };
