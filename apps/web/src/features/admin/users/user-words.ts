import type { User, UserRole, UserTier } from '@cnop/common/entities/user/user';
import type { BadgeTone } from '../../../ui/badge.tsx';

export const ROLE_NAMES: Readonly<Record<UserRole, string>> = {
  customer: 'Customer',
  moderator: 'Moderator',
  admin: 'Admin',
};

export const ROLE_TONES: Readonly<Record<UserRole, BadgeTone>> = {
  customer: 'neutral',
  moderator: 'accent',
  admin: 'accent',
};

/** The permissions of a role in one sentence. */
export const ROLE_MEANINGS: Readonly<Record<UserRole, string>> = {
  customer: 'Trades, and sees only their own account.',
  moderator: 'Reads users, sets prices, activates and deactivates assets.',
  admin: 'May do everything, including changing roles.',
};

export const USER_STATUS_NAMES: Readonly<Record<User['status'], string>> = {
  active: 'Active',
  inactive: 'Inactive',
  suspended: 'Suspended',
  pending: 'Pending',
};

export const USER_STATUS_TONES: Readonly<Record<User['status'], BadgeTone>> = {
  active: 'gain',
  inactive: 'neutral',
  suspended: 'loss',
  pending: 'warn',
};

export const TIER_NAMES: Readonly<Record<UserTier, string>> = {
  standard: 'Standard',
  verified: 'Verified',
  professional: 'Professional',
};
