/**
 * Every kind of entry and every way to change it, as two shell scripts for one folder: what lies there before the clone is made,
 * and what the rehearsal does. With them goes the exact list of changes that a backend must find. The scripts need `acl`, `attr`
 * and `libcap2-bin` in the tree.
 */

/** Before: run in the tree itself, in an empty folder. */
export const base = String.raw`
set -e
umask 022
past() { touch -h -d '2020-02-02 02:02:02.222222222' -- "$@"; }
latin="$(printf 'latin-\377')"; lines="$(printf 'two\nlines')"
for name in keep edit shrink remove mode owner time nanosecond xattr xattr-gone acl capability setuid same-time replaced \
  touched changed-back file-to-dir first "$latin" "$lines" linked-later; do
  printf 'content of %s\n' "$name" > "$name"
done
chmod 4755 setuid
setfattr -n user.note -v before xattr; setfattr -n user.note -v before xattr-gone
setfacl -m u:77:r acl
setcap cap_chown=ep capability
ln first second; ln first third
truncate -s 8M sparse; printf end >> sparse
mkdir plain plain/inner; echo x > plain/x; echo y > plain/inner/y
mkdir -p opaque/kept-name opaque/gone/deep; echo 1 > opaque/old; echo 2 > opaque/same-name; echo 3 > opaque/kept-name/old; echo 4 > opaque/gone/deep/file
mkdir -p dir-to-file/deep dir-to-link/deep; echo 1 > dir-to-file/deep/file; echo 2 > dir-to-link/deep/file
ln -s plain link; ln -s plain link-to-dir; ln -s keep link-to-file; ln -s /nowhere dangling; ln -s plain link-time
mkdir empty empty-gone dir-mode dir-owner dir-acl dir-xattr dir-temporary moved moved/inner; echo m > moved/inner/file
setfattr -n user.note -v dir dir-xattr
mkfifo fifo; mknod device c 1 3; mknod block b 7 99
mkdir "$latin-dir"; echo l > "$latin-dir/$latin"
past *; past plain/* opaque/* .
`;

/** The rehearsal: run in a session, in the same folder. */
export const rehearsal = String.raw`
set -e
umask 022
latin="$(printf 'latin-\377')"; lines="$(printf 'two\nlines')"
echo new > added; mkdir -p added-dir/deep added-empty; echo f > added-dir/deep/file
echo more >> edit; : > shrink; rm remove
chmod 640 mode; chown 12:34 owner; touch -d '2001-02-03 04:05:06.123456789' time; touch -d '2020-02-02 02:02:02.222222223' nanosecond
setfattr -n user.note -v after xattr; setfattr -n user.more -v more xattr; setfattr -x user.note xattr-gone
setfacl -m u:78:rw acl; setcap cap_net_raw=ep capability; setcap cap_net_raw=ep added
chmod 755 setuid; cp keep setgid-new; chmod 2755 setgid-new
stamp=$(stat -c %y same-time); tr a-z A-Z < same-time > same-time.new; cat same-time.new > same-time; rm same-time.new; touch -d "$stamp" same-time
echo other > replaced.new; mv replaced.new replaced
chmod 600 touched; chmod 644 touched; chown 0:0 touched
cp -p changed-back changed-back.new; echo x >> changed-back; mv changed-back.new changed-back
rm file-to-dir; mkdir file-to-dir; echo in > file-to-dir/in
echo third > third.new; mv third.new third
echo pair > pair-a; ln pair-a pair-b; ln pair-a added-dir/pair-c; ln linked-later linked-later-too
truncate -s 64M sparse-new; printf end >> sparse-new; printf more >> sparse
rm -r opaque; mkdir opaque opaque/kept-name; echo 1 > opaque/fresh; echo 2 > opaque/same-name; echo 3 > opaque/kept-name/fresh
rm -r dir-to-file; echo file > dir-to-file; rm -r dir-to-link; ln -s keep dir-to-link
ln -sfn empty link; rm link-to-dir; mkdir link-to-dir; echo in > link-to-dir/in; rm link-to-file; echo file > link-to-file
ln -sfn /elsewhere dangling; touch -h -d '2001-02-03 04:05:06.123456789' link-time
rmdir empty-gone; chmod 2750 dir-mode; chown 5:6 dir-owner; setfacl -m u:79:rwx dir-acl; setfacl -d -m u:80:rx dir-acl
mkdir dir-acl/inherits; setfattr -n user.note -v changed dir-xattr
echo t > dir-temporary/t; rm dir-temporary/t
mv moved renamed
rm fifo; mkfifo -m 600 fifo-new; rm device; mknod -m 640 device-new c 1 5; rm block; echo plain > block
echo changed > "$latin"; echo "$lines" > "$lines"; echo n > "new $latin $lines"; mv "$latin-dir" "$latin-renamed"
perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "socket", Listen => 1) or die $!' || true
`;

/** `kind type path` of every change, the path relative to the folder; sorted as `changes` must be. */
export const expected: readonly string[] = [
  'changed file acl',
  'added file added',
  'added dir added-dir',
  'added dir added-dir/deep',
  'added file added-dir/deep/file',
  'added file added-dir/pair-c',
  'added dir added-empty',
  'changed file block',
  'changed file capability',
  'changed link dangling',
  'removed char device',
  'added char device-new',
  'changed dir dir-acl',
  'added dir dir-acl/inherits',
  'changed dir dir-mode',
  'changed dir dir-owner',
  'changed file dir-to-file',
  'removed dir dir-to-file/deep',
  'removed file dir-to-file/deep/file',
  'changed link dir-to-link',
  'removed dir dir-to-link/deep',
  'removed file dir-to-link/deep/file',
  'changed dir dir-xattr',
  'changed file edit',
  'removed dir empty-gone',
  'removed fifo fifo',
  'added fifo fifo-new',
  'changed dir file-to-dir',
  'added file file-to-dir/in',
  'changed file latin-\xff',
  'removed dir latin-\xff-dir',
  'removed file latin-\xff-dir/latin-\xff',
  'added dir latin-\xff-renamed',
  'added file latin-\xff-renamed/latin-\xff',
  'changed link link',
  'changed link link-time',
  'changed dir link-to-dir',
  'added file link-to-dir/in',
  'changed file link-to-file',
  // Its content is the old one; but it shares an inode with a new name, and that must stay so.
  'changed file linked-later',
  'added file linked-later-too',
  'changed file mode',
  'removed dir moved',
  'removed dir moved/inner',
  'removed file moved/inner/file',
  'changed file nanosecond',
  'added file new latin-\xff two\nlines',
  'added file opaque/fresh',
  'removed dir opaque/gone',
  'removed dir opaque/gone/deep',
  'removed file opaque/gone/deep/file',
  'added file opaque/kept-name/fresh',
  'removed file opaque/kept-name/old',
  'removed file opaque/old',
  'changed file opaque/same-name',
  'changed file owner',
  'added file pair-a',
  'added file pair-b',
  'removed file remove',
  'added dir renamed',
  'added dir renamed/inner',
  'added file renamed/inner/file',
  'changed file replaced',
  'changed file same-time',
  'added file setgid-new',
  'changed file setuid',
  'changed file shrink',
  'added socket socket',
  'changed file sparse',
  'added file sparse-new',
  'changed file third',
  'changed file time',
  'changed file two\nlines',
  'changed file xattr',
  'changed file xattr-gone',
];
