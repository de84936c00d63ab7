#!/usr/bin/env bash
# Prints the configuration of a Dovecot that knows the mailboxes of a store's only domain and their quotas:
# dovecot.sh FOLDER STORE. It listens nowhere; doveadm asks it.

set -euo pipefail

user=$(id -un) group=$(id -gn)
if [ "$(id -u)" = 0 ]; then user=nobody group=$(id -gn nobody); fi
# 2.4 has other names for settings, and wants to hear first whose they are.
case $(dovecot --version) in 2.3.*) ;; *) printf '%s = 2.4.0\n' dovecot_config_version dovecot_storage_version ;; esac
cat <<END
base_dir = $1/run
state_dir = $1/run/state
log_path = $1/run/dovecot.log
protocols =
ssl = no
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
first_valid_uid = 1
END
case $(dovecot --version) in
2.3.*) cat <<END ;;
mail_location = maildir:~
mail_plugins = quota
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=100M
}
userdb {
  driver = passwd-file
  args = username_format=%n $2/bob/etc/example.com/passwd
}
passdb {
  driver = passwd-file
  args = scheme=CRYPT username_format=%n $2/bob/etc/example.com/shadow
}
END
*) cat <<END ;;
mail_driver = maildir
mail_path = ~
mail_plugins {
  quota = yes
}
quota "User quota" {
  driver = maildir
  storage_size = 100M
}
userdb passwd-file {
  passwd_file_path = $2/bob/etc/example.com/passwd
  auth_username_format = %{user | username}
}
passdb passwd-file {
  passwd_file_path = $2/bob/etc/example.com/shadow
  auth_username_format = %{user | username}
  default_password_scheme = CRYPT
}
END
esac
cat <<END
service anvil {
  chroot =
}
service auth {
  user = $user
}
service stats {
  chroot =
}
END
