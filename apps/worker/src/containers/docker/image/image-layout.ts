/** Where things are in our image; the app's folder is where it is in Azure. */
export const IN_CONTAINER = {
  node: '/usr/local/bin/node',
  languageWorker: '/nightjar/language-worker',
  app: '/home/site/wwwroot',
} as const;

/** No account of any machine; the image's own `/etc/passwd` calls it "app". */
const USER_ID = 10001;
export const CONTAINER_USER = `${USER_ID}:${USER_ID}`;

/** The accounts, so that `os.userInfo()` works and the home folder is the one that can be written to. */
export const IMAGE_TEXT_FILES: Readonly<Record<string, string>> = {
  '/etc/passwd': `root:x:0:0:root:/:/sbin/nologin\napp:x:${USER_ID}:${USER_ID}:app:/tmp:/sbin/nologin\n`,
  '/etc/group': `root:x:0:\napp:x:${USER_ID}:\n`,
  '/etc/nsswitch.conf': 'hosts: files dns\n',
};

/** Folders that something is mounted over, and one that OpenSSL complains about when it is not there. */
export const IMAGE_FOLDERS = [IN_CONTAINER.app, '/tmp', '/etc/ssl/certs'] as const;

/** Where systems keep the certificate authorities that they trust, in one file; the first that exists is taken. */
export const HOST_CERTIFICATES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
] as const;

/** OpenSSL's usual places, which Node's `--use-system-ca` reads. */
export const IMAGE_CERTIFICATES = '/etc/ssl/cert.pem';
