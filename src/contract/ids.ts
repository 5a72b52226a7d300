/** Ids of captures, jobs and deliveries: made here, never taken from a client, so they are safe as names of files. */
import { randomUUID } from 'node:crypto';

export const newId = (): string => randomUUID();

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What cannot be an id of ours is not looked for; it may hold bytes that the database refuses. */
export const isId = (text: string): boolean => ID.test(text);
