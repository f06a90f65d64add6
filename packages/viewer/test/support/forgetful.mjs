// A program under run that forgets a span.
import { globalTracer } from 'opentracing-ts';

function bake() {
  globalTracer().startSpan('bake');
}

bake();
