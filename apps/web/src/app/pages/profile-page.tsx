import { Appearance } from '../../features/profile/appearance.tsx';
import { PasswordChange } from '../../features/profile/password-change.tsx';
import { ProfileDetails } from '../../features/profile/profile-details.tsx';
import { Sessions } from '../../features/profile/sessions.tsx';
import { PageTitle } from '../page-title.tsx';
import { WhileSignedIn } from '../require-session.tsx';

export function ProfilePage() {
  return (
    <div className="mx-auto grid max-w-6xl grid-cols-1 gap-3">
      <PageTitle>Profile</PageTitle>
      <WhileSignedIn>
        <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-2">
          <div className="grid grid-cols-1 gap-3">
            <ProfileDetails />
            <Appearance />
          </div>
          <div className="grid grid-cols-1 gap-3">
            <Sessions />
            <PasswordChange />
          </div>
        </div>
      </WhileSignedIn>
    </div>
  );
}
