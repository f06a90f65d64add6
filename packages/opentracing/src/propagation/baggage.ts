import { readCarrier, writeCarrier } from '../carriers.js';
import { BaggageBuilder, decodeItem, MAX_LIST_LENGTH, percentEncode } from './baggage-items.js';
import type { ItemProperties } from './basic-span-context.js';
import { contextWithoutIds } from './context-of-ids.js';
import { trimWhitespace } from './optional-whitespace.js';
import type { TextFormat } from './text-format.js';

const BAGGAGE = 'baggage';

/** RFC 7230's `token`. */
const KEY = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NOT_IN_VALUES = /[^!#$&-+\--:<-[\]-~]+/g;
const PROPERTY = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[ \t]*=[ \t]*[!#-+\--:<-[\]-~]*)?$/;

/**
 * W3C Baggage: `baggage: key=value,key=value;property`. It has no ids, so it goes with another format.
 * Properties are passed on with the items that they came with. Values are percent-encoded and keys are
 * not: an item whose key is no token of HTTP cannot be named in this format, and is left out rather
 * than renamed.
 *
 * Source: W3C Recommendation "Propagation format for distributed context: Baggage", section 3.
 */
export const baggage: TextFormat = {
  inject(context, carrier) {
    const properties = context._trace.arrived?.properties;
    let list = '';
    for (const key in context._baggage) {
      if (!KEY.test(key)) {
        continue;
      }
      const value = context._baggage[key] as string;
      let member = `${key}=${value.replace(NOT_IN_VALUES, percentEncode)}`;
      const came = properties?.get(key);
      if (came?.value === value) {
        member += came.text;
      }
      const longer = list === '' ? member : `${list},${member}`;
      if (longer.length <= MAX_LIST_LENGTH) {
        list = longer;
      }
    }
    if (list !== '') {
      writeCarrier(carrier, BAGGAGE, list);
    }
  },

  extract(carrier) {
    const list = readCarrier(carrier, BAGGAGE);
    if (list === undefined) {
      return null;
    }
    const builder = new BaggageBuilder();
    const properties = new Map<string, ItemProperties>();
    let room = MAX_LIST_LENGTH;
    for (const member of list.split(',')) {
      const [item = '', ...behind] = member.split(';');
      const equals = item.indexOf('=');
      const key = trimWhitespace(item.slice(0, Math.max(equals, 0)));
      const value = decodeItem(trimWhitespace(item.slice(equals + 1)));
      if (!KEY.test(key) || !builder.add(key, value)) {
        continue;
      }
      const text = propertiesOf(behind);
      properties.delete(key);
      if (text !== '' && text.length <= room) {
        properties.set(key, { value, text });
        room -= text.length;
      }
    }
    const items = builder.build();
    if (items === null) {
      return null;
    }
    const context = contextWithoutIds(undefined, false, items);
    if (properties.size > 0) {
      context._trace.arrived = { properties };
    }
    return context;
  },
};

/** With the semicolons; without what is not valid. */
function propertiesOf(parts: readonly string[]): string {
  let text = '';
  for (const part of parts) {
    const property = trimWhitespace(part);
    if (PROPERTY.test(property)) {
      text += `;${property}`;
    }
  }
  return text;
}
