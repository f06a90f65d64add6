import { collector } from './systems/collector.mjs';
import { jaeger } from './systems/jaeger.mjs';
import { python } from './systems/python.mjs';
import { viewer } from './systems/viewer.mjs';
import { zipkin } from './systems/zipkin.mjs';

/** @type {readonly import('./report.mjs').System[]} In the order of the columns. */
export const systems = [zipkin, viewer, python, jaeger, collector];
