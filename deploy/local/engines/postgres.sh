# shellcheck shell=bash
# PostgreSQL, which refuses to run as root: there it runs as the user of its package. Sourced by deploy/local/engine.

postgres_port() { echo $((base + 10)); }

postgres_programs() { # shellcheck disable=SC2012
  ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1
}

postgres_check() { need postgresql "$(postgres_programs)/initdb"; }

postgres_as_user() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else
    "$@"
  fi
}

postgres_make() {
  (umask 077; echo "$secret" >"$home/run/password")
  if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$home" "$home"/{run,log} "$home/run/password"
    postgres_as_user test -x "$home" || fail "PostgreSQL runs as user postgres, who cannot enter $home: choose another --dir"
  fi
  (cd "$home" && postgres_as_user "$(postgres_programs)/initdb" -D "$home/data" -U mailmesh -N -E UTF8 --locale=C.UTF-8 \
    -A scram-sha-256 --pwfile="$home/run/password") >"$home/log/initdb.out" 2>&1 </dev/null \
    || { tail -5 "$home/log/initdb.out" >&2; fail "initdb failed"; }
  rm "$home/run/password"
  cat >>"$home/data/postgresql.conf" <<CONF
port = $((base + 10))
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300 # several copies of every service, each with a pool
CONF
  [ "$durable" = true ] || printf 'fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n' >>"$home/data/postgresql.conf"
}

postgres_start() {
  ! postgres_serves || return 0
  runs "$home/run/postgres.pid" || {
    port_free $((base + 10))
    # One that was killed keeps its id, and with it the lock on its data, until the system's init has taken note, which some never do.
    local programs before
    before=$(head -1 "$home/data/postmaster.pid" 2>/dev/null || true)
    ! grep -qs '^State:.*Z' "/proc/${before:-none}/status" || rm -f "$home/data/postmaster.pid"
    programs=$(postgres_programs)
    if [ "$(id -u)" -eq 0 ]; then
      start "$home" postgres setpriv --reuid=postgres --regid=postgres --init-groups "$programs/postgres" -D "$home/data"
    else
      start "$home" postgres "$programs/postgres" -D "$home/data"
    fi
  }
  await "$home/run/postgres.pid" 60 postgres_serves
}

postgres_serves() { "$(postgres_programs)/pg_isready" -q -t 5 -h 127.0.0.1 -p $((base + 10)); }

# INT is the fast way: connections end, what is committed is written.
postgres_stop() { stop "$home/run/postgres.pid" INT 60; }

postgres_env_mesh() { # mailmesh makes its tables in this database
  echo "export MAILMESH__STORE__POSTGRES='Host=127.0.0.1;Port=$((base + 10));Username=mailmesh;Password=$secret;Database=postgres'"
}

postgres_env_tests() {
  echo "export MAILMESH_TEST_POSTGRES='Host=127.0.0.1;Port=$((base + 10));Username=mailmesh;Password=$secret;Database=postgres'"
}
