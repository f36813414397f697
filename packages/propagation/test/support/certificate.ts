// A certificate for `localhost` and `api.example.com` that nobody trusts, and its key, for tests alone:
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 …

export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOECXknFvpW6jhLLP
lH64buS3J6rlKtgUXAOPJgCXKFKhRANCAARdolZdZ5bHFlaZqVNJkbQtRGOXAG7S
QAlww4AXwmQCKq2b6ncUby0ZDdwh4eUYzCkckN08yvxKzni8iGqZ0+UX
-----END PRIVATE KEY-----
`

export const cert = `-----BEGIN CERTIFICATE-----
MIIBpzCCAUygAwIBAgIUHG269gdWF9xMAOF9q/MxKrB82eQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzIwMDUzM1oYDzIxMjYxMDMw
MjAwNTMzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARdolZdZ5bHFlaZqVNJkbQtRGOXAG7SQAlww4AXwmQCKq2b6ncUby0Z
Ddwh4eUYzCkckN08yvxKzni8iGqZ0+UXo3oweDAdBgNVHQ4EFgQUfr0XzVl9siSu
plQriAswjJTvEXQwHwYDVR0jBBgwFoAUfr0XzVl9siSuplQriAswjJTvEXQwDwYD
VR0TAQH/BAUwAwEB/zAlBgNVHREEHjAcgglsb2NhbGhvc3SCD2FwaS5leGFtcGxl
LmNvbTAKBggqhkjOPQQDAgNJADBGAiEAgt0h235+mgctdaXOsAZJvlZ0ab4mCPsF
sry8g1yMjn0CIQDnOUTs4dUm7vnJsgNfimgDenWtvF/k5+m1Teohkr7AYQ==
-----END CERTIFICATE-----
`
