/** What the parent asks of the password process. Passwords travel over the private channel between the two only. */
export type PasswordTask = HashTask | VerifyTask;

export interface HashTask {
  readonly kind: 'hash';
  readonly password: string;
  readonly cost: number;
}

/** Resolves to the place of the first attempt that fits, or -1. */
export interface VerifyTask {
  readonly kind: 'verify';
  readonly attempts: readonly PasswordAttempt[];
  /** Work to add to each attempt when none fits: one hash of each of these costs. */
  readonly padding: readonly PasswordAttempt[];
}

export interface PasswordAttempt {
  readonly password: string;
  readonly hash: string;
}

export interface PasswordRequest {
  readonly id: number;
  readonly task: PasswordTask;
}

/** The hash, or the place of the attempt that fits. */
export type PasswordResult = string | number;

export type PasswordReply =
  | { readonly id: number; readonly result: PasswordResult }
  /** The name of the error, never its message: nothing that may quote a password leaves the process. */
  | { readonly id: number; readonly failure: string };

/** Reads what came over the channel; anything but a request of ours is undefined. */
export function passwordRequestOf(message: unknown): PasswordRequest | undefined {
  const request = message as Partial<PasswordRequest> | null | undefined;
  const isRequest = typeof request?.id === 'number' && typeof request.task?.kind === 'string';
  return isRequest ? (request as PasswordRequest) : undefined;
}

/** Reads what came back; anything but a reply of ours is undefined. */
export function passwordReplyOf(message: unknown): PasswordReply | undefined {
  const reply = message as { id?: unknown } | null | undefined;
  return typeof reply?.id === 'number' ? (reply as PasswordReply) : undefined;
}
