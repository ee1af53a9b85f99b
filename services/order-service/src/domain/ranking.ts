/** What a ranking holds. It remembers its place, so that it can be moved or taken out without being searched. */
export interface Ranked {
  rank: bigint;
  /** Its place in the ranking; -1 while it is in none. */
  place: number;
}

/** Entries by rank, of which only the highest is ever looked at: a binary heap. */
export interface Ranking<Entry extends Ranked> {
  highest(): Entry | undefined;
  /** Takes an entry in, or moves it after its rank has changed. */
  put(entry: Entry): void;
  remove(entry: Entry): void;
}

const NOWHERE = -1;

export function createRanking<Entry extends Ranked>(): Ranking<Entry> {
  const entries: Entry[] = [];

  const set = (entry: Entry, place: number): void => {
    entries[place] = entry;
    entry.place = place;
  };

  function rise(entry: Entry): void {
    while (entry.place > 0) {
      const above = entries[(entry.place - 1) >> 1];
      if (!above || above.rank >= entry.rank) return;
      const place = above.place;
      set(above, entry.place);
      set(entry, place);
    }
  }

  function sink(entry: Entry): void {
    for (;;) {
      const left = entries[2 * entry.place + 1];
      const right = entries[2 * entry.place + 2];
      const below = right && left && right.rank > left.rank ? right : left;
      if (!below || below.rank <= entry.rank) return;
      const place = below.place;
      set(below, entry.place);
      set(entry, place);
    }
  }

  return {
    highest: () => entries[0],
    put(entry) {
      if (entry.place === NOWHERE) set(entry, entries.length);
      rise(entry);
      sink(entry);
    },
    remove(entry) {
      const { place } = entry;
      if (place === NOWHERE) return;
      const last = entries.pop();
      entry.place = NOWHERE;
      if (!last || last === entry) return;
      set(last, place);
      rise(last);
      sink(last);
    },
  };
}
