/** One request of the user: the same key and the same body for every attempt to send it. */
export interface Intent<Request> {
  readonly request: Request;
  readonly key: string;
}

/**
 * Returns the intent to send when the user submits. While the outcome of the last attempt is unknown, an equal request
 * is the same intent, so that it takes effect once; a different request is a new intent.
 * @param unsettled the last intent, if its outcome is unknown
 */
export function intentOf<Request>(
  request: Request,
  { unsettled, key }: { readonly unsettled: Intent<Request> | undefined; readonly key: string },
): Intent<Request> {
  const isSame = unsettled && JSON.stringify(unsettled.request) === JSON.stringify(request);
  return isSame ? unsettled : { request, key };
}
