/** What really happened, known by construction. Times are seconds since the capture's start. */
export interface Ending {
  client: string;
  remote: string;
  localPort: number;
  seconds: number;
}

export class Truth {
  /** Attempts whose SYN passed the capture point since its start, by `client remote`. */
  readonly attempts = new Map<string, number>();
  readonly neverClosed: Ending[] = [];
  readonly halfClosed: Ending[] = [];
  /** `remote` is null where the port is lost for the whole host. */
  readonly lost: (Omit<Ending, 'remote'> & { remote: string | null })[] = [];
  /** Calls to connect() that failed in the host because no port was left. */
  readonly refusedLocally: { client: string; remote: string; seconds: number }[] = [];

  addAttempt(client: string, remote: string): void {
    const key = `${client} ${remote}`;
    this.attempts.set(key, (this.attempts.get(key) ?? 0) + 1);
  }
}
