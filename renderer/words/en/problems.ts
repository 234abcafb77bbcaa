/**
 * Problems as the app says them. The engine's own sentences speak of commands; these speak of what one sees here. A code that is
 * not in this list comes from a newer helper: then its own sentence and hint are shown.
 */
import type { ErrorCode } from '../../../shared/errors.js';

export interface ProblemText {
  readonly sentence: string;
  readonly hint: string;
}
export type ProblemTexts = Record<ErrorCode, ProblemText>;

const text = (sentence: string, hint: string): ProblemText => ({ sentence, hint });

export const problems = () => ({
  title: 'What went wrong',
  /** Where a problem came without a sentence. */
  unknown: 'Something happened that this version does not know.',
  code: 'Code',
  copyReport: 'Copy details for a bug report',
  reportTitle: 'Details for a bug report',
  reportDetail: 'Without names of people or machines. Nothing is sent anywhere; it is only copied.',
  reportFailed: 'The details could not be gathered.',
  showReport: 'Show what is copied',
  codes: {
    USAGE: text('The request was not understood.', 'Please report this with the details.'),
    NOT_ROOT: text('This needs more rights.', 'Unlock first, then try again.'),
    NOT_A_ROOT_TREE: text(
      'The folder does not hold a Linux system.',
      'Start Understudy on an installed system.',
    ),
    UNSUPPORTED_SYSTEM: text(
      'No supported package manager was found.',
      'The page Kernel shows what Understudy found on this machine.',
    ),
    CANCELLED: text('The work was stopped as you asked.', 'Nothing was changed. Start it again at any time.'),
    COMMAND_FAILED: text('A system command failed.', 'The details name the command and its last words.'),
    COMMAND_TIMED_OUT: text('A system command took too long and was stopped.', 'Try again; see the details.'),
    INTERNAL: text('Something unexpected happened.', 'Please report it with the details.'),
    BUSY_UNDERSTUDY: text('Another Understudy is working on this system.', 'Wait until it is done.'),
    BUSY_PACKAGES: text(
      'Another package tool is working on this system.',
      'Wait until it is done, or close it.',
    ),
    BUSY_ACCOUNTS: text('Another program is changing the accounts of this system.', 'Wait until it is done.'),
    ARCHIVE_UNREACHABLE: text(
      'The package archive could not be reached.',
      'Check the network and try again. What was downloaded is kept.',
    ),
    ARCHIVE_INCONSISTENT: text('The package archive is just being changed.', 'Try again in some minutes.'),
    ARCHIVE_UNTRUSTED: text(
      'The signature of the package archive is missing or wrong.',
      'Nothing was installed from it. The details name the source.',
    ),
    ARCHIVE_EXPIRED: text(
      'The list of the package archive has expired.',
      'Check the date and time of this computer. If they are right, the archive is out of date.',
    ),
    PACKAGES_BROKEN: text('The packages do not fit together.', 'The details name the packages concerned.'),
    PARTIAL_UPGRADE: text(
      'The packages of this system are only updated together.',
      'Choose all updates. A few alone could leave programs without their libraries.',
    ),
    SECURITY_UNKNOWN: text(
      'The package archive does not say which updates are for security.',
      'Choose all updates. Whatever fixes there are come with them.',
    ),
    HOUR_OUT_OF_RANGE: text(
      'A switch can be set for a moment within the next seven days.',
      'Choose an hour that is still to come.',
    ),
    HOUR_UNATTENDED: text(
      'Nobody would be there to carry out the switch at that moment.',
      'Install Understudy on this system, or switch at the next shutdown.',
    ),
    CHANGELOG_UNAVAILABLE: text(
      'What is new in this package could not be found.',
      'It comes with the package: look again in the review, or with a network.',
    ),
    PLAN_UNKNOWN: text('This plan is no longer there.', 'Look for updates again.'),
    PLAN_STALE: text(
      'What is offered or installed has changed since the plan was made.',
      'Look for updates again and see the new plan.',
    ),
    NOTHING_TO_DO: text('Everything is up to date.', 'There is nothing to rehearse.'),
    STAGE_UNKNOWN: text('This rehearsal is no longer there.', 'Rehearse the update again.'),
    STAGE_DAMAGED: text(
      'The rehearsed system was altered or damaged since it was made.',
      'It is not used. Rehearse the update again.',
    ),
    STAGE_UNVERIFIED: text(
      'The rehearsed system did not pass its checks.',
      'It is not offered. The review shows what failed.',
    ),
    STAGE_STALE: text(
      'Packages were installed or removed since the rehearsal.',
      'Rehearse again: it then starts from the system as it is now.',
    ),
    CHANGED_MEANWHILE: text(
      'Files that the update changes were changed by someone else meanwhile, and cannot be merged.',
      'Where the review shows both versions, decide there. Else rehearse again: it then starts from the files as they are now.',
    ),
    PACKAGE_SCRIPT_FAILED: text(
      'A package failed to install in the rehearsal.',
      'Your running system is untouched. The log says what the package said.',
    ),
    PACKAGE_SCRIPT_HUNG: text(
      'A package stood still in the rehearsal and was stopped.',
      'Your running system is untouched. The log says what the package was doing.',
    ),
    NO_SPACE: text(
      'There is not enough room on the disk.',
      'Free some space, or remove old restore points in History.',
    ),
    OVERLAY_UNSUPPORTED: text(
      'This file system cannot be cloned in this way.',
      'The page Kernel shows which ways there are, and why each can or cannot be used.',
    ),
    EXCHANGE_IMPOSSIBLE: text(
      'The system cannot be exchanged in one step here.',
      'Choose to switch at the next shutdown instead.',
    ),
    DOWNTIME_UNSUPPORTED: text('This way to switch is not available here.', 'Choose another one.'),
    CHECK_BLOCKED: text('A check found something in the way.', 'Each check says what helps.'),
    CONFIRMATION_NEEDED: text('This needs your confirmation.', 'Confirm it to go on.'),
    COMMIT_FAILED: text(
      'The switch could not be completed and was taken back.',
      'Your system is as it was. The details name the reason.',
    ),
    BOOT_LOADER_FAILED: text(
      'The boot loader could not be told which system to start.',
      'The details name the reason; the boot menu itself is as it was.',
    ),
    RESTORE_POINT_UNKNOWN: text('This restore point is no longer there.', 'History shows those that are.'),
    RESTORE_POINT_DAMAGED: text(
      'The restore point is damaged and was not used.',
      'Your system is unchanged. Choose another one in History.',
    ),
    RESTORE_POINT_UNFIT: text(
      'The restore point would not start.',
      'Your system is unchanged. The details say what is missing.',
    ),
    RESTORE_POINT_NEEDED: text(
      'This restore point is the only one, or in use, and is kept.',
      'Choose a different one.',
    ),
    RESTART_PENDING: text(
      'The new system runs after the next restart.',
      'Restart first, or take the switch back.',
    ),
    ENVIRONMENT_UNKNOWN: text('This environment no longer exists.', 'Look at the list again.'),
    ENVIRONMENT_IN_USE: text(
      'The environment is in use and was left as it is.',
      'The details say by what. Try again when it is free.',
    ),
    ENVIRONMENT_CURRENT: text(
      'This is the environment that runs.',
      'It is never removed. Choose one of the others.',
    ),
    ENVIRONMENT_FOREIGN: text(
      'This environment belongs to another program; Understudy only lists it.',
      'Use that program for it: snapper or timeshift.',
    ),
    ENVIRONMENT_PARTIAL: text(
      'This environment is no whole tree that could be mounted.',
      'It holds only what an update replaced.',
    ),
    ENVIRONMENT_NOT_MOUNTED: text('No environment is mounted at this folder.', 'Look at the list again.'),
    MOUNT_FOLDER_UNFIT: text(
      'No environment can be mounted at this folder.',
      'Choose an empty folder that is no part of the system, such as one below /mnt.',
    ),
    NO_MODULES: text(
      'There are no kernel modules in this system.',
      'Its kernel has all built in, or is not its own, as in a container.',
    ),
    NO_LIVEPATCH: text(
      'The kernel of this system takes no live patches.',
      'It was built without them, or it is not its own, as in a container.',
    ),
    LIVEPATCH_UNFIT: text(
      'This file is no live patch that can be used here.',
      'Nothing was added. The details say why.',
    ),
    LIVEPATCH_UNKNOWN: text('There is no live patch of this name.', 'Look at the list again.'),
    LIVEPATCH_UNSIGNED: text(
      'The live patch is not signed by a key that is trusted here.',
      'Get it with its signature. The details say what is wrong.',
    ),
    LIVEPATCH_EXISTS: text(
      'There is another live patch of this name for this kernel.',
      'Remove that one first.',
    ),
    LIVEPATCH_ALTERED: text(
      'The live patch in the store is not the one that was added.',
      'It was not loaded. Remove it and add it again from a source that you trust.',
    ),
    LIVEPATCH_OTHER_KERNEL: text(
      'This live patch is for another kernel than the one that runs.',
      'Get the one that was made for it. Nothing was loaded.',
    ),
    LIVEPATCH_HELD_BACK: text(
      'The machine went down soon after this live patch was loaded, so it is not loaded again by itself.',
      'If it was not the cause, load it again with "sudo understudy livepatch load NAME --again".',
    ),
    LIVEPATCH_REFUSED: text(
      'The kernel did not take the live patch.',
      'The details hold what was said. Where Secure Boot asks for signed modules, it must be signed with a key that the kernel knows.',
    ),
    LIVEPATCH_STALLED: text(
      'Some tasks did not change over in time, so it was taken back.',
      'The details name them. End or restart these programs, then try again.',
    ),
    LIVEPATCH_STUCK: text(
      'Some tasks did not change over in time, and it could not be taken back either.',
      'The details name them. Once they are gone, the kernel completes it by itself; else restart.',
    ),
    LIVEPATCH_IN_USE: text('This live patch is in use and was left as it is.', 'Unload it first.'),
    LIVEPATCH_NO_UNDO: text(
      'There is nothing of live patches that can be taken back.',
      'Only the newest change of a live patch can be, in the kernel in which it was made.',
    ),
    LIVEPATCH_FOREIGN: text(
      'This live patch was not brought by Understudy, which only reads it.',
      'Use the program that brought it.',
    ),
    LIVEPATCH_OFF: text(
      'Live patches are switched off on this system.',
      'The details say by what. Take that away, and restart if it is a parameter of the kernel.',
    ),
    LIVEPATCH_RECORDS_DAMAGED: text(
      'The records of the live patches cannot be read.',
      'Nothing was loaded, since it is not known what the machine went down with. See the details.',
    ),
    RECOVERY_PLACE_UNFIT: text(
      'The recovery place cannot be used.',
      'The details say why. It is the folder that /etc/understudy/recovery-place names.',
    ),
    BACKUP_UNKNOWN: text('There is no such backup.', 'Look at the list again.'),
    BACKUP_DAMAGED: text(
      'The backup is not as it was written, so it was not used.',
      'The details say what is wrong. Take another one.',
    ),
    ACCOUNTS_UNFIT: text(
      'The accounts of the backup do not go together with those that are here.',
      'Nothing was altered. The details name them.',
    ),
    NOTHING_TO_ROLL_BACK: text('There is nothing to go back to.', 'Each update makes a restore point.'),
    JOURNAL_DAMAGED: text(
      'The journal of Understudy is damaged.',
      'Nothing was guessed or changed. The details name the place.',
    ),
    STATE_NEWER: text('The records were written by a newer Understudy.', 'Update Understudy and try again.'),
    RECOVERED: text(
      'Something that was interrupted was completed or taken back first.',
      'Your system is whole. Try again.',
    ),
    CONFLICT_UNKNOWN: text('This decision is no longer open.', 'Look at the review again.'),
    SETTINGS_DAMAGED: text(
      'The settings could not be read; those that come with Understudy are used.',
      'Change any setting to write them anew. The damaged file is kept beside.',
    ),
    HELPER_UNREACHABLE: text(
      'The part of Understudy that works on your system is not running.',
      'Connect to start it. It may ask for your password.',
    ),
    HELPER_LOST: text(
      'The connection to the part that works on your system was lost.',
      'Nothing is lost: what it was doing is completed or taken back. Connect again to see.',
    ),
    HELPER_SILENT: text(
      'The part of Understudy that works on your system does not answer.',
      'Connect again. What it was doing goes on, or is recovered later.',
    ),
    HELPER_NOT_TRUSTED: text(
      'Something else answers in place of Understudy.',
      'Nothing was said to it. Someone may be deceiving you; the details name what it is.',
    ),
    HELPER_VERSION: text(
      'The parts of Understudy are of different versions.',
      'Restart the computer, or Understudy and its service.',
    ),
    HELPER_STOPPING: text('The part that works on your system is about to end.', 'Try again in a moment.'),
    HELPER_CROWDED: text('Too many programs talk to Understudy at once.', 'Close some and try again.'),
    BAD_REQUEST: text(
      'The request was not understood.',
      'The parts of Understudy may be of different versions. Restart it.',
    ),
    RUN_UNKNOWN: text('This is not going on any more.', 'Look at its result.'),
    NOT_AUTHORISED: text(
      'You may not do this on this system.',
      'Ask its administrator. Nothing was changed.',
    ),
    AUTHORISATION_DISMISSED: text(
      'The question for your password was closed.',
      'Nothing was changed. Try again when you are ready.',
    ),
    NO_POLKIT_AGENT: text(
      'No program is running that could ask you for the password.',
      'Log in to a desktop, or start a polkit agent.',
    ),
    NO_POLKIT: text(
      'polkit, which asks for permission, is not there or does not answer.',
      'Install the packages polkitd and pkexec.',
    ),
    NO_GRAPHICAL_SESSION: text(
      'There is no desktop session here that could ask you for the password.',
      'Run “sudo understudy” in a terminal instead.',
    ),
    ELEVATION_FAILED: text(
      'The part that works on your system could not be started.',
      'The details hold its last words.',
    ),
    UNSAFE_PLACE: text(
      'The place where the parts of Understudy meet is not safe.',
      'Others could have put something there. The details name it; have it removed and try again.',
    ),
    NO_PRACTICE: text('You work on the real system.', 'This is only possible on a practice system.'),
    PORT_UNAVAILABLE: text(
      'The app cannot be served at this port.',
      'Choose another port, or leave the choice to Understudy.',
    ),
    APP_NOT_BUILT: text('A part of Understudy is missing.', 'Install Understudy again.'),
    PRACTICE_IMPOSSIBLE: text('A practice system cannot be made here.', 'The details name what is missing.'),
    PRACTICE_DIFFERS: text(
      'The practice run found a difference where none may be.',
      'Please report it with the details.',
    ),
  } satisfies ProblemTexts,
});
