/** What the parent asks of the password process. Passwords travel over the private channel between the two only. */
export type PasswordTask =
  | { readonly kind: 'hash'; readonly password: string; readonly cost: number }
  | { readonly kind: 'verify'; readonly password: string; readonly hash: string };

export interface PasswordRequest {
  readonly id: number;
  readonly task: PasswordTask;
}

export type PasswordReply =
  | { readonly id: number; readonly result: string | boolean }
  /** The name of the error, never its message: nothing that may quote a password leaves the process. */
  | { readonly id: number; readonly failure: string };

/** Reads what came over the channel; anything but a request of ours is undefined. */
export function passwordRequestOf(message: unknown): PasswordRequest | undefined {
  const request = message as Partial<PasswordRequest> | null | undefined;
  const isRequest = typeof request?.id === 'number' && typeof request.task?.password === 'string';
  return isRequest ? (request as PasswordRequest) : undefined;
}

/** Reads what came back; anything but a reply of ours is undefined. */
export function passwordReplyOf(message: unknown): PasswordReply | undefined {
  const reply = message as { id?: unknown } | null | undefined;
  return typeof reply?.id === 'number' ? (reply as PasswordReply) : undefined;
}
