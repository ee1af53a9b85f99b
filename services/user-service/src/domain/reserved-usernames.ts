/**
 * Usernames that could be mistaken for the platform or its operators. `cnop admin create` may assign them, and accounts that
 * have one keep it.
 */
// cspell:ignore nobody
const RESERVED = new Set(
  `abuse account accounts admin administrator administrators admins all anonymous api audit auth billing bot ceo
  cloudnativeorderprocessor cnop compliance contact customerservice customersupport daemon everyone exchange finance guest
  help helpdesk hostmaster house info legal login logout mail mailerdaemon me mod moderator moderators mods nobody none
  noreply null official operator owner password platform postmaster press privacy register registration root sales security
  self service settings signin signout signup staff status su sudo superuser support sys sysadmin system systemadmin team
  treasury undefined unknown webmaster www`.split(/\s+/),
);

/** Returns whether a username is reserved; case and underscores make no difference. */
export function isReservedUsername(username: string): boolean {
  return RESERVED.has(username.toLowerCase().replaceAll('_', ''));
}
