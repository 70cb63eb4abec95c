using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>The preferences of RFC 7240 that the API honours: <c>wait=N</c> (section 4.3) and <c>respond-async</c> (section 4.1).</summary>
public static class Preference
{
    /// <summary>Longest wait that is granted.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the client wants to wait for an outcome, at most <see cref="MaxWait"/>; zero for <c>respond-async</c>, null
    /// when it does not say. What cannot be understood is ignored, as section 2 asks.
    /// </summary>
    public static TimeSpan? Wait(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        foreach (var item in request.Headers.GetCommaSeparatedValues("Prefer"))
        {
            if (!NameValueWithParametersHeaderValue.TryParse(item, out var preference)) continue;
            if (preference.Name.Equals("respond-async", StringComparison.OrdinalIgnoreCase)) return TimeSpan.Zero;
            if (preference.Name.Equals("wait", StringComparison.OrdinalIgnoreCase)
                && uint.TryParse(preference.Value?.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return seconds < MaxWait.TotalSeconds ? TimeSpan.FromSeconds(seconds) : MaxWait;
        }

        return null;
    }

    /// <summary>Tells the client that its preference was honoured.</summary>
    public static void Applied(HttpResponse response, TimeSpan wait)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Headers["Preference-Applied"] = wait == TimeSpan.Zero ? "respond-async" : string.Create(CultureInfo.InvariantCulture, $"wait={wait.TotalSeconds:0}");
    }
}
