/** One thing that somebody wants done: the same key and the same words for every attempt to send it. */
export interface Intent<Request> {
  readonly request: Request;
  readonly key: string;
}

/**
 * The intent behind a press of the button. While nobody knows what became of the last attempt, the same request is the
 * same intent, so that it takes effect once; a changed one is another.
 * @param unsettled the last intent, when its outcome is not known
 */
export function intentOf<Request>(
  request: Request,
  { unsettled, key }: { readonly unsettled: Intent<Request> | undefined; readonly key: string },
): Intent<Request> {
  const isSame = unsettled && JSON.stringify(unsettled.request) === JSON.stringify(request);
  return isSame ? unsettled : { request, key };
}
