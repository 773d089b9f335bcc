#!/bin/sh
# Checks one Ed25519 signature of a checkpoint with OpenSSL 3 alone: openssl.sh CHECKPOINT LOG-VKEY
# Ends with 0 when the log has signed these bytes. It looks at no tile; for that, see main.go.
set -eu
[ $# -eq 2 ] || { echo 'usage: openssl.sh CHECKPOINT LOG-VKEY' >&2; exit 2; }
name=${2%%+*}
rest=${2#*+}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# The text ends with the line before the (last) empty one; a checkpoint has no other.
sed '/^$/,$d' "$1" >"$dir/text"
# RFC 8410: SubjectPublicKeyInfo of an Ed25519 key up to the key, then the 32 bytes behind the type.
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'
  printf %s "${rest#*+}" | base64 -d | tail -c 32; } >"$dir/key.der"
# Behind the dash and the name: four bytes of key ID, then the signature.
awk -v name="$name" '$1 == "—" && $2 == name { print $3; exit }' "$1" | base64 -d | tail -c +5 >"$dir/signature"
openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$dir/key.der" -in "$dir/text" -sigfile "$dir/signature"
