/** The cookies of one server (RFC 6265), as far as a client of one server has to know them: names, values, lifetimes. */
export declare class CookieJar {
    private cookies_;
    /** Takes the values of the header Set-Cookie. */
    parseCookies(headers: string[] | undefined): void;
    /** The value of the header Cookie, '' for none. */
    header(): string;
}
