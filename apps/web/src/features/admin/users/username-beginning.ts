const USERNAME_LETTERS = /^\w*$/;

/** What is wrong with the beginning of a username; undefined when names may begin like that. */
export function complaintAboutBeginning(typed: string): string | undefined {
  return USERNAME_LETTERS.test(typed) ? undefined : 'Usernames have letters, digits and underscores.';
}
