#!/bin/bash
# The contract of the real image's entrypoint: arguments go to mysqld; an empty data folder is made into a database whose root has
# MYSQL_ROOT_PASSWORD, and only then the files of /docker-entrypoint-initdb.d run, while nobody can connect from outside.
set -eo pipefail
shopt -s nullglob

say() { echo "$(date --rfc-3339=seconds) [Note] [Entrypoint]: $*"; }
fail() { echo "$(date --rfc-3339=seconds) [ERROR] [Entrypoint]: $*" >&2; exit 1; }

case "${1:-}" in
    -*) set -- mysqld "$@" ;;
    mysqld) ;;
    *) exec "$@" ;;
esac

# Stricter than the real image, which passes over what it does not know.
for name in ${!MYSQL_*}; do
    case $name in
        MYSQL_ROOT_PASSWORD | MYSQL_ROOT_HOST | MYSQL_DATABASE | MYSQL_USER | MYSQL_PASSWORD | MYSQL_INITDB_SKIP_TZINFO) ;;
        *) [[ $name == MYSQL_LAB_* ]] || fail "$name is no variable of this image" ;;
    esac
done

data=/var/lib/mysql socket=/var/run/mysqld/mysqld.sock
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$data" /var/run/mysqld /var/lib/mysql-files /etc/mysql/conf.d
    chown mysql:mysql "$data" /var/run/mysqld /var/lib/mysql-files
    exec setpriv --reuid mysql --regid mysql --clear-groups "$0" "$@"
fi

"$@" --validate-config || fail "mysqld does not take these arguments: $*"

if [ ! -d "$data/mysql" ]; then
    [ -n "$MYSQL_ROOT_PASSWORD" ] || fail "Database is uninitialized and password option is not specified: MYSQL_ROOT_PASSWORD"
    [ "$MYSQL_USER" != root ] || fail "MYSQL_USER is for a regular user"
    say "Initializing database files"
    "$@" --initialize-insecure
    say "Starting temporary server"
    "$@" --daemonize --skip-networking --socket="$socket"

    # The password goes to the client through a pipe, not through its arguments.
    client() { mysql --defaults-extra-file=<(printf '[client]\nuser=root\npassword="%s"\n' "$password") --protocol=socket --socket="$socket" --comments "$@"; }
    docker_process_sql() { client ${MYSQL_DATABASE:+--database="$MYSQL_DATABASE"} "$@"; }
    password=""
    host=${MYSQL_ROOT_HOST:-%}
    elsewhere=""
    if [ "$host" != localhost ]; then
        elsewhere="CREATE USER 'root'@'$host' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD'; GRANT ALL ON *.* TO 'root'@'$host' WITH GRANT OPTION;"
    fi
    client mysql <<< "SET @@SESSION.SQL_LOG_BIN=0; ALTER USER 'root'@'localhost' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD'; $elsewhere"
    password=$MYSQL_ROOT_PASSWORD
    [ -z "$MYSQL_DATABASE" ] || client mysql <<< "CREATE DATABASE IF NOT EXISTS \`$MYSQL_DATABASE\`"
    if [ -n "$MYSQL_USER" ] && [ -n "$MYSQL_PASSWORD" ]; then
        client mysql <<< "CREATE USER '$MYSQL_USER'@'%' IDENTIFIED BY '$MYSQL_PASSWORD'"
        [ -z "$MYSQL_DATABASE" ] || client mysql <<< "GRANT ALL ON \`$MYSQL_DATABASE\`.* TO '$MYSQL_USER'@'%'"
    fi

    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
            *.sh)
                say "running $file"
                if [ -x "$file" ]; then "$file"; else . "$file"; fi
                ;;
            *.sql) say "running $file"; docker_process_sql < "$file" ;;
            *) say "ignoring $file" ;;
        esac
    done

    say "Stopping temporary server"
    mysqladmin --defaults-extra-file=<(printf '[client]\nuser=root\npassword="%s"\n' "$password") --socket="$socket" shutdown
    say "MySQL init process done. Ready for start up."
fi
exec "$@"
