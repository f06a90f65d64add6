/**
 * Of options for several parts those for one of them, which then finds no strange names.
 *
 * @param known - has every option of the part as a key
 * @internal
 */
export function pickOptions<T extends object, K extends keyof T>(
  options: T,
  known: Readonly<Record<K, true>>,
): Pick<T, K> {
  const picked: Partial<T> = {};
  for (const name of Object.keys(known) as K[]) {
    if (options[name] !== undefined) {
      picked[name] = options[name];
    }
  }
  return picked as Pick<T, K>;
}
