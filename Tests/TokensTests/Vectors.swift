/// Keys and tokens made by PyJWT 2.15.1 with cryptography: another implementation than ours.
///
/// The claims of all are `iss` https://id.example, `sub` u-1, `aud` web and api, `iat` and `nbf` 1700000000, `exp` 1800000000,
/// `admin` true, `level` 3 and `realm.roles` a and b.
enum Vectors {
    /// Of 2048 bits, P-256, Ed25519 and a secret: `rsa`, `ec`, `okp`, `oct`.
    static let rsaKey = """
        {"kty":"RSA","n":"rNo-MzRa4C3vhmCOveXmZSpPQNfTbUpJf7TrW7rm5xthEXbF95BBom1jx7HrrxNw4cr2EtnHhUnBgTIX24\
        CHR8CqRZw7GvWakOPFp-8x_KMq7K54iDAGBdAvu7E2s0YICeQSnfNUSxAvwjNmzzp76MlnL2khWS76Pb7J7iJw3yX1KIIN3JcVvD\
        6w3kGfVVbyG2jos0DNqzb0jRNztl-jlCdeVBipRrXaRe9JFWz5yyCDroObV0669ogmzRBeXGPyDwio1xxgq9du-foqaUtjq44wWk\
        wNu0iLFGMOAzEXONJV2Ow3VPr4ujyRJgtV4Nbzh5jpc6uFz-XbArijGnDyUw","e":"AQAB","kid":"rsa"}
        """
    static let ecKey = """
        {"kty":"EC","crv":"P-256","x":"g7oC3AlI3TzX2mSUhpfnuuTGgoaZo-tUzwOzfu_9ulA","y":"IlUwxzXn7y2d4FNz9Jf\
        dPs60fUXjKkSSL71qTdLFthA","kid":"ec"}
        """
    static let okpKey = """
        {"x":"fY_47XnUcRCa_v178h32bVT0_7ijn5DEkFMC88mY07Q","kty":"OKP","crv":"Ed25519","kid":"okp"}
        """
    static let octKey = """
        {"kty":"oct","kid":"oct","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}
        """
    /// Of 1024 bits.
    static let weakKey = """
        {"kty":"RSA","n":"vLCpKEvzxTR7yKuePkyEb5lx6MK0JgW9oFsw9sjyO7zNf2uDcb8xPqK22E6hSvWePMVXZqG1qUVdcyP5qM\
        9_RClPJHSubJ_g4h6XiLneOhmX1QjMPbuE3tYgk6Gp9NeM19zi1XkaaBtwdiv9VIi3B10rm40Irvwe2wDrMVJ9iu8","e":"AQAB\
        ","kid":"weak"}
        """

    static let rsaToken = """
        eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJ\
        1LTEiLCJhdWQiOlsid2ViIiwiYXBpIl0sImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE4MDAwMDAwMDA\
        sImFkbWluIjp0cnVlLCJsZXZlbCI6MywicmVhbG0iOnsicm9sZXMiOlsiYSIsImIiXX19.OmhEmv6gRlyy_l4NBWAOuirjpiSryA\
        kAB2uF409tlCHA4hRSr09vA5z7hKXg4NrDx9AbhSbXZJKzCiqaileeKgimMJELlAcBUmKK00TdCeiuYyRikJcI-wFq1CrWvENW2G\
        qdRXY39RokCpFf0S9-k3GXuIjMBy1wi42RIunk0FQwN-M7rb9e53Nd60W6vbkSUFyCNWSG0Pk_sB-9LKW5tCmgQckTQXdtxFnMOz\
        XqnGbNWfOXnKmAPjCooicHC_tuLUcsNx6e85EsTg7pULuI9IuJ_mei3rOJCXc2h0bev8mtG1eoFdo5fVrNM2Hw4O9A7eoV78__qe\
        IzCYYdqXDWDw
        """
    static let ecToken = """
        eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJ1\
        LTEiLCJhdWQiOlsid2ViIiwiYXBpIl0sImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE4MDAwMDAwMDAs\
        ImFkbWluIjp0cnVlLCJsZXZlbCI6MywicmVhbG0iOnsicm9sZXMiOlsiYSIsImIiXX19.FJtUeD0-Lt7hKpRGuwotBaObmJbHfv2\
        VOyBcLhL7Z2fK6v8WAxM99N5beSYsoBE03suZDW2k6wJ_gCtlh22xMQ
        """
    static let okpToken = """
        eyJhbGciOiJFZERTQSIsImtpZCI6Im9rcCIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJ\
        1LTEiLCJhdWQiOlsid2ViIiwiYXBpIl0sImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE4MDAwMDAwMDA\
        sImFkbWluIjp0cnVlLCJsZXZlbCI6MywicmVhbG0iOnsicm9sZXMiOlsiYSIsImIiXX19.dX1tdf-Q4A0oQEaMFkHW6riVCpTJrz\
        ZgbVnO5KRZL2wcJLUYnBmL88OrnDpxwHDYvvfnEZWPjgJ4xXq_ngxhCg
        """
    static let octToken = """
        eyJhbGciOiJIUzI1NiIsImtpZCI6Im9jdCIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJ\
        1LTEiLCJhdWQiOlsid2ViIiwiYXBpIl0sImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE4MDAwMDAwMDA\
        sImFkbWluIjp0cnVlLCJsZXZlbCI6MywicmVhbG0iOnsicm9sZXMiOlsiYSIsImIiXX19.3pu3EiBMWqfWTeISUthlM5PPqvxO3M\
        fnGlheFw77vmw
        """
    /// HS256 with the text of the RSA key for a secret (RFC 8725 section 2.1).
    static let confusedToken = """
        eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAicnNhIn0.eyJpc3MiOiAiaHR0cHM6Ly9pZC5leGFtcGxlIiwg\
        InN1YiI6ICJ1LTEiLCAiYXVkIjogWyJ3ZWIiLCAiYXBpIl0sICJpYXQiOiAxNzAwMDAwMDAwLCAibmJmIjogMTcwMDAwMDAwMCwg\
        ImV4cCI6IDE4MDAwMDAwMDAsICJhZG1pbiI6IHRydWUsICJsZXZlbCI6IDMsICJyZWFsbSI6IHsicm9sZXMiOiBbImEiLCAiYiJd\
        fX0.mDcS4oDiEMHKS3Nxaf0SaWH1SB94mJUsK92YG4N4t08
        """
    static let ps256Token = """
        eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJ\
        1LTEiLCJhdWQiOlsid2ViIiwiYXBpIl0sImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE4MDAwMDAwMDA\
        sImFkbWluIjp0cnVlLCJsZXZlbCI6MywicmVhbG0iOnsicm9sZXMiOlsiYSIsImIiXX19.eKb4YBCLfw9r0EfGE6Rl0KK8Xiq3pi\
        Jx_-Cfg-cte2YKDvgmxjVLaCmOOkQV8teQak2BgFqXL8eizi_waFJGv2YFz6OqfkpWUbZogU8ZlYi1TMTe41GNKouz4vCKl9SXND\
        cn27k9Gh0aNSbxNU3IWmGctkXJPdrjzIJ8uYEkmvRiElLvGvlfO6WEFT2xcziPD3grcpGDKnqjefp6oIE5C70HM7BkRGmiNS-Bo7\
        bF95iLeDMkiW19AFWgCNtS0yLOgv0cYPbSdfmlaZn52ymwisCEYhbFrWgcSUCfyYNmCWKNB29f7n61ced-1IVgb2L6rojXl3Urzv\
        hBBEB7TIfQrA
        """
    static let rs512Token = """
        eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJ\
        1LTEiLCJhdWQiOlsid2ViIiwiYXBpIl0sImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE4MDAwMDAwMDA\
        sImFkbWluIjp0cnVlLCJsZXZlbCI6MywicmVhbG0iOnsicm9sZXMiOlsiYSIsImIiXX19.Ar1KJ4DU83iyNXRiRHfA9Gw5-ycPVX\
        jCsEXt2fn2DwuPSq2PvsqfyZyOF7C7tJjB4L_F6FKRJTKQw7ksQtFMtdJAhR9Rh7lNL3rTwxRL4h6O1TjKDEbaPGZcmBlviqF5H6\
        uKLFXe2XMMxwJo_ACC4fBBQcb6flQMctVo4e9zz8CVIz-2JHE0aF5gZgnJcPAftN1IiXzORingcrn_et0BuK2CqCot_SFPGWAZ32\
        zh5c_p470TIxM_lZGvirArnETGoI5hrKuhph6xQ8W5CiVP2cnSONCbU7sPFJRSXac3Y3b3MxUIXHkdKukHXQLIKwae6zAI6r1eeN\
        5oj2QZSVOU3Q
        """
    /// Without a signature.
    static let unsignedToken = """
        eyJhbGciOiJub25lIiwia2lkIjoicnNhIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJ1\
        LTEiLCJhdWQiOlsid2ViIiwiYXBpIl0sImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE4MDAwMDAwMDAs\
        ImFkbWluIjp0cnVlLCJsZXZlbCI6MywicmVhbG0iOnsicm9sZXMiOlsiYSIsImIiXX19.
        """
}
