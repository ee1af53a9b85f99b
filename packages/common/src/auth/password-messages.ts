/** A task of the password process. Passwords travel only over the private channel between parent and child. */
export type PasswordTask = HashTask | VerifyTask;

/** Hashes a password; resolves to the hash. */
export interface HashTask {
  readonly kind: 'hash';
  readonly password: string;
  readonly cost: number;
}

/** Checks passwords; resolves to the position of the first attempt that matches, or -1. */
export interface VerifyTask {
  readonly kind: 'verify';
  readonly attempts: readonly PasswordAttempt[];
  /** Extra work for each attempt when none matches, so that every failure takes the same time. */
  readonly padding: readonly PasswordAttempt[];
}

/** A password and the hash to check it against. */
export interface PasswordAttempt {
  readonly password: string;
  readonly hash: string;
}

/** A message from the parent. */
export interface PasswordRequest {
  readonly id: number;
  readonly task: PasswordTask;
}

/** The hash, or the position of the attempt that matches. */
export type PasswordResult = string | number;

/** A message from the password process. */
export type PasswordReply =
  | { readonly id: number; readonly result: PasswordResult }
  /** The name of the error, never its message, which could quote a password. */
  | { readonly id: number; readonly failure: string };

/** Parses a message from the parent; returns undefined for anything but a request. */
export function passwordRequestOf(message: unknown): PasswordRequest | undefined {
  const request = message as Partial<PasswordRequest> | null | undefined;
  const isRequest = typeof request?.id === 'number' && typeof request.task?.kind === 'string';
  return isRequest ? (request as PasswordRequest) : undefined;
}

/** Parses a message from the password process; returns undefined for anything but a reply. */
export function passwordReplyOf(message: unknown): PasswordReply | undefined {
  const reply = message as { id?: unknown } | null | undefined;
  return typeof reply?.id === 'number' ? (reply as PasswordReply) : undefined;
}
