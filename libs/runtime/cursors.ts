import { Problem } from './problems';

/** Where a page of rows ends that are ordered by a time and an id: what a caller sends back for the next page. */
export interface Cursor {
  /** As PostgreSQL writes a timestamptz in UTC: all of its microseconds. */
  readonly at: string;
  readonly id: string;
}

export const cursorOf = ({ at, id }: Cursor): string => Buffer.from(`${at}|${id}`).toString('base64url');

const PLACE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)\+00\|([\w.~:/-]{1,300})$/;

/** @throws Problem where no page has given it. */
export function readCursor(cursor: string): Cursor {
  const [, day = '', time = '', id = ''] = PLACE.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const instant = Date.parse(`${day}T${time}Z`);
  // The 30th of February is a Monday in March to JavaScript, and an error to PostgreSQL
  if (!Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day)) return { at: `${day} ${time}+00`, id };
  throw new Problem(400, 'invalid-cursor', 'The cursor is the `next` of another page, as it came');
}
