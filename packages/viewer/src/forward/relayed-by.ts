/** The header of a request with spans that a collector relays. */
export const RELAYED_BY = 'x-relayed-by';
