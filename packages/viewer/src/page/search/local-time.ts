/** A moment (milliseconds since the epoch, in digits, or empty) as a field of dates and times writes it. */
export function toLocal(moment: string): string {
  if (moment === '') return '';
  const date = new Date(Number(moment));
  if (Number.isNaN(date.getTime())) return '';
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 23);
}

/** What such a field says, as milliseconds since the epoch; empty where it is not filled in. */
export function fromLocal(text: string): string {
  const moment = text === '' ? Number.NaN : new Date(text).getTime();
  return moment > 0 ? String(moment) : '';
}
