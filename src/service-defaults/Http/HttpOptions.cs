using System.ComponentModel.DataAnnotations;
using OrderInventory.ServiceDefaults.Settings;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>How much of the HTTP API may be used, configuration section <c>Http</c>.</summary>
[Settings("Http")]
public sealed class HttpOptions
{
    /// <summary>
    /// What one caller may send in a minute; more is answered with 429. A caller is a user, or an address when no token names a
    /// user. Not set: 6 000 for a user, any number for an address, because all customers of a shop may come from one, its proxy.
    /// What other apps invoke through their sidecars without a token counts together, as one address. Staff, operators, and callers on the
    /// machine itself without a token, are not counted.
    /// </summary>
    [Range(0, 10_000_000), Allowed("requests a minute; 0 is no limit")]
    public int? RequestsPerMinute { get; set; }

    /// <summary>How many requests each endpoint of the API works on at once; more are answered with 503.</summary>
    [Range(1, 100_000), Allowed("requests")]
    public int MaxConcurrentRequests { get; set; } = 512;

    /// <summary>True shows a page at <c>/reference</c> on which people read what the API does and try it. Whoever reaches the app sees it.</summary>
    public bool Reference { get; set; }
}
