import { readCarrier, writeCarrier } from '../carriers.js';
import { BaggageBuilder, decodeItem, encodeItem } from './baggage-items.js';
import { BasicSpanContext, LocalTrace } from './basic-span-context.js';
import type { TextFormat } from './text-format.js';

const BAGGAGE = 'baggage';

/**
 * W3C Baggage: `baggage: key=value,key=value`. It has no ids, so it goes with another format.
 *
 * Source: W3C Recommendation "Propagation format for distributed context: Baggage", section 3.
 */
export const baggage: TextFormat = {
  inject(context, carrier) {
    const items: string[] = [];
    for (const key in context._baggage) {
      items.push(`${encodeItem(key)}=${encodeItem(context._baggage[key] as string)}`);
    }
    if (items.length > 0) {
      writeCarrier(carrier, BAGGAGE, items.join(','));
    }
  },

  extract(carrier) {
    const builder = new BaggageBuilder();
    for (const member of readCarrier(carrier, BAGGAGE)?.split(',') ?? []) {
      // Properties, behind a semicolon, say something about the item and are not part of it.
      const [item = ''] = member.split(';', 1);
      const equals = item.indexOf('=');
      if (equals > 0) {
        builder.add(
          decodeItem(item.slice(0, equals).trim()),
          decodeItem(item.slice(equals + 1).trim()),
        );
      }
    }
    const items = builder.build();
    return items === null
      ? null
      : new BasicSpanContext(new LocalTrace(0, 0, 0, 0, undefined, false), 0, 0, 0, 0, items);
  },
};
