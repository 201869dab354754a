/**
 * Why a machine does not work, or not on a certain piece of work. The names are BOINC's where it has one.
 *
 * | reason | the machine |
 * | --- | --- |
 * | `USER_REQUEST` | was snoozed, or switched off, by its owner |
 * | `DRAINING` | is taken out by an administrator |
 * | `ENGINE_DOWN` | has no engine that passes the test function |
 * | `QUARANTINED` | has containers that could not be killed |
 * | `CONTACT_LOST` | can't reach management and stops by itself, before its work is given to another |
 * | `BATTERIES` | runs on battery |
 * | `EXCLUSIVE_APP` | runs an application that wants it for itself |
 * | `DISK_SIZE` | has too little disk left |
 * | `TIME_OF_DAY` | is outside its hours, or too near their end |
 * | `INITIAL_DELAY` | has only just started |
 * | `RDP_SESSION` | has somebody on it from afar |
 * | `USER_ACTIVE` | has somebody on it, or had not long ago |
 * | `CPU_USAGE` | is busy with its owner's programs |
 * | `MEMORY_USAGE` | needs its memory for its owner |
 * | `NO_RECENT_INPUT` | was unused for so long that it is left to fall asleep |
 * | `WINDOW_TOO_SHORT` | has less time left than the work needs |
 * | `IMAGE_INCOMPATIBLE` | can't run the work's image |
 * | `FAIR_SHARE` | gives its time to a batch that has had less |
 */
export type CapacityReason =
  | 'USER_REQUEST'
  | 'DRAINING'
  | 'ENGINE_DOWN'
  | 'QUARANTINED'
  | 'CONTACT_LOST'
  | 'BATTERIES'
  | 'EXCLUSIVE_APP'
  | 'DISK_SIZE'
  | 'TIME_OF_DAY'
  | 'INITIAL_DELAY'
  | 'RDP_SESSION'
  | 'USER_ACTIVE'
  | 'CPU_USAGE'
  | 'MEMORY_USAGE'
  | 'NO_RECENT_INPUT'
  | 'WINDOW_TOO_SHORT'
  | 'IMAGE_INCOMPATIBLE'
  | 'FAIR_SHARE';
