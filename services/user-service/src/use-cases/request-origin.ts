/** Where a request came from, for the audit log and for limits. */
export interface RequestOrigin {
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly requestId: string;
}
