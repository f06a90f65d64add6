/** Keys with values of any kind. */
// biome-ignore lint/suspicious/noExplicitAny: with unknown, objects whose type is an interface would be refused, which 0.14.7 took
export type Fields = { [key: string]: any };
