/**
 * The scope manager for Effect 4, and what joins its spans to ours. Needs the package `effect`, an
 * optional peer of this one, which is an ES module: `require` takes it on Node 20.19 and later.
 *
 * @module
 */
export { opentracingLayer, withSpan } from './effect-layer.js';
export { EffectScopeManager } from './effect-scope-manager.js';
