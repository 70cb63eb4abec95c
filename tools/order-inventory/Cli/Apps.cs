using System.CommandLine;
using System.Net.Http.Headers;

namespace OrderInventory.Cli;

/// <summary>How commands find the two apps and what they show them.</summary>
internal static class Apps
{
    /// <summary>The variable with an operator's token; not an option, because others see the command lines of a machine.</summary>
    public const string TokenVariable = "ORDER_INVENTORY_TOKEN";

    /// <summary>Where order-app's sidecar usually is, as in <c>dapr.yaml</c>.</summary>
    public const string SidecarAddress = "http://127.0.0.1:3501";

    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    /// <summary>The option with the address of order-app; usually that of <c>dapr.yaml</c>.</summary>
    public static Option<Uri> OrderAddress() => Address("--order-app", "Address of order-app", "http://127.0.0.1:5101");

    /// <summary>The option with the address of inventory-app; usually that of <c>dapr.yaml</c>.</summary>
    public static Option<Uri> InventoryAddress() => Address("--inventory-app", "Address of inventory-app", "http://127.0.0.1:5102");

    /// <summary>A client of the app at <paramref name="address"/>, with the token of <paramref name="environment"/> if there is one.</summary>
    public static HttpClient Client(Uri address, Func<string, string?> environment)
    {
        var http = new HttpClient { BaseAddress = address, Timeout = RequestLimit };
        if (environment(TokenVariable) is { Length: > 0 } token) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <summary>An option with an address. <paramref name="usual"/>: null for one that need not be given.</summary>
    public static Option<Uri> Address(string name, string description, string? usual)
    {
        var option = new Option<Uri>(name)
        {
            Description = description,
            HelpName = "URL",
            Recursive = true,
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
                result.AddError($"{name} must be an address such as {usual ?? SidecarAddress}.");
                return null;
            },
        };
        if (usual is not null) option.DefaultValueFactory = _ => new Uri(usual);
        return option;
    }
}
