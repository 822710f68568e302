#!/usr/bin/env bash
# The peer of the lab's start: the same servers, with the same command lines and data, started as a plain shell script would.
# plain-start.sh FOLDER ZOOKEEPER_PORT: FOLDER holds one start script for each server: mysql.sh, zookeeper.sh, kafka-N.sh.
# Prints "chain MILLISECONDS NAME" when a server is ready, counted from this script's begin; then stops everything, brokers first, and prints "stopped".
set -uo pipefail
folder=$1 zookeeper_port=$2
begin=${EPOCHREALTIME/./}
declare -A pids

start() {
    # At once, not by the child: what an earlier turn wrote must not be taken for this one's.
    : > "$folder/$1.log"
    bash "$folder/$1.sh" >> "$folder/$1.log" 2>&1 &
    pids[$1]=$!
}

ready() {
    echo "chain $(((${EPOCHREALTIME/./} - begin) / 1000)) $1"
}

alive() {
    kill -0 "${pids[$1]}" 2> /dev/null || { echo "failed $1: $(tail -n 3 "$folder/$1.log" | tr '\n' ' ')"; return 1; }
}

says() {
    until grep -qF -- "$2" "$folder/$1.log"; do
        alive "$1" || return 1
        sleep 0.05
    done
    ready "$1"
}

zookeeper_answers() {
    # One that connects while ZooKeeper starts may never be answered.
    until timeout 1 bash -c "exec 3<> /dev/tcp/127.0.0.1/$zookeeper_port && printf srvr >&3 && grep -q '^Mode:' <&3" 2> /dev/null; do
        alive zookeeper || return 1
        sleep 0.05
    done
    ready zookeeper
}

stop() {
    for name in "$@"; do
        kill -TERM "${pids[$name]}" 2> /dev/null
    done
    for name in "$@"; do
        wait "${pids[$name]}"
    done
}

start mysql
start zookeeper
says mysql 'ready for connections. Version' &
waits=($!)
brokers=()
if zookeeper_answers; then
    for file in "$folder"/kafka-*.sh; do
        brokers+=("$(basename "$file" .sh)")
        start "${brokers[-1]}"
    done
    for broker in "${brokers[@]}"; do
        says "$broker" 'started (kafka.server.KafkaServer)' &
        waits+=($!)
    done
fi
wait "${waits[@]}"
[ ${#brokers[@]} -eq 0 ] || stop "${brokers[@]}"
stop zookeeper mysql
echo stopped
