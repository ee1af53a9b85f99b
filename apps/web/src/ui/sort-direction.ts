/** Which way a table is sorted. */
export type SortDirection = 'asc' | 'desc';
