using System.Collections.Frozen;
using System.Security.Cryptography;

namespace OrderInventory.Web;

/// <summary>The files that pages load. They are in the assembly; an address changes with its content, so browsers keep them.</summary>
internal static class AssetFiles
{
    private const string Prefix = "assets/";

    private static readonly FrozenDictionary<string, byte[]> Files = typeof(AssetFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..], Read);

    /// <summary>The address of a file.</summary>
    public static string Url(string name) => $"/{Prefix}{name}?v={Convert.ToHexStringLower(SHA256.HashData(Files[name]))[..12]}";

    public static void MapAssets(this IEndpointRouteBuilder routes) => routes.MapGet("/" + Prefix + "{name}", (string name, HttpContext context) =>
    {
        if (!Files.TryGetValue(name, out var content)) return Results.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(content, Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        });
    });

    private static byte[] Read(string name)
    {
        using var stream = typeof(AssetFiles).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
