# OpenSSL: digests, ciphers, keys, signatures; a second of each speed test must run to its end
gawk 'BEGIN { for (i = 0; i < 20000; i++) printf "%d\n", i * i }' > data
for d in md5 sha1 sha256 sha384 sha512 sha3-256 blake2b512 sm3; do openssl dgst -$d data; done
K=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f IV=0f0e0d0c0b0a09080706050403020100
for c in aes-128-cbc aes-256-ctr aes-256-cbc chacha20 camellia-128-cbc sm4-cbc; do
  k=$K; case $c in *128*|sm4*) k=${K%????????????????????????????????} ;; esac
  openssl enc -$c -K $k -iv $IV -in data -out e; sha256sum e; openssl enc -d -$c -K $k -iv $IV -in e | cmp - data && echo $c
done
openssl dgst -sha256 -hmac key data; openssl base64 -in data | sha256sum
openssl genrsa -out key 1024 2>/dev/null; openssl rsa -in key -check -noout 2>&1 | tail -1; openssl rsa -in key -pubout -out pub 2>/dev/null
openssl dgst -sha256 -sign key -out sig data; openssl dgst -sha256 -verify pub -signature sig data
openssl ecparam -name prime256v1 -genkey -noout -out ec; openssl ec -in ec -pubout -out ecpub 2>/dev/null
openssl dgst -sha256 -sign ec -out sig data; openssl dgst -sha256 -verify ecpub -signature sig data
openssl genpkey -algorithm ed25519 -out ed; openssl pkey -in ed -pubout -out edpub; openssl pkeyutl -sign -inkey ed -rawin -in data -out sig; openssl pkeyutl -verify -pubin -inkey edpub -rawin -in data -sigfile sig
openssl prime 1000000007; openssl rand -hex 16 | wc -c; openssl kdf -keylen 16 -kdfopt digest:SHA256 -kdfopt pass:p -kdfopt salt:s -kdfopt iter:1000 PBKDF2
for a in sha256 aes-128-cbc; do openssl speed -seconds 1 -bytes 1024 $a >/dev/null 2>&1; echo "speed $a $?"; done
