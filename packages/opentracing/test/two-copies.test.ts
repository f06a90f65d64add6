import { createRequire } from 'node:module';
import { apiChecks, scopeChecks } from 'opentracing-ts/harness';
import { describe, test } from 'vitest';

// The CommonJS build is the other copy: none of its classes is one of ours.
const require = createRequire(import.meta.url);
const {
  MockTracer,
}: typeof import('opentracing-ts/mocktracer') = require('opentracing-ts/mocktracer');
const {
  BasicTracer,
}: typeof import('opentracing-ts/basictracer') = require('opentracing-ts/basictracer');
const {
  AsyncLocalStorageScopeManager,
}: typeof import('opentracing-ts/scope-managers/async-local-storage') = require('opentracing-ts/scope-managers/async-local-storage');

describe('the harness of one copy of the package, over what another copy has:', () => {
  const scopeManager = () => new AsyncLocalStorageScopeManager();

  describe('MockTracer', () => {
    for (const check of apiChecks(() => new MockTracer(scopeManager()), { async: true })) {
      test(check.name, () => check.run());
    }
  });

  describe('BasicTracer', () => {
    const create = () => new BasicTracer({ scopeManager: scopeManager() });
    for (const check of apiChecks(create, { async: true })) {
      test(check.name, () => check.run());
    }
  });

  describe('AsyncLocalStorageScopeManager', () => {
    for (const check of scopeChecks(scopeManager, { async: true })) {
      test(check.name, () => check.run());
    }
  });
});
