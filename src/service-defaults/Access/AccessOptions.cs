using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.Tokens;
using OrderInventory.ServiceDefaults.Settings;

namespace OrderInventory.ServiceDefaults.Access;

/// <summary>
/// Whose tokens are good, configuration section <c>Authentication</c>. Without any of it, which is the default, there is no
/// authentication.
/// </summary>
[Settings(Section)]
public sealed class AccessOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Authentication";

    private const string AScope = "one scope, without spaces and quotes";
    private const string AnAddress = "an address that begins with https://; http:// only for this machine";

    /// <summary>Address of the issuer of tokens, whose OpenID Connect metadata names the keys. Turns authentication on.</summary>
    [Allowed(AnAddress)]
    public string? Authority { get; set; }

    /// <summary>Address of that metadata, where it is not below <see cref="Authority"/>. Turns authentication on.</summary>
    [Allowed(AnAddress)]
    public string? MetadataAddress { get; set; }

    /// <summary>Instead of an address: the issuer's public keys, for issuers that cannot be asked. Turns authentication on.</summary>
    [Allowed("an RSA or EC public key as PEM, or a JSON Web Key Set")]
    public string? SigningKey { get; set; }

    /// <summary>The <c>iss</c> of good tokens. Needed with <see cref="SigningKey"/>; else the one that the metadata names.</summary>
    public string? Issuer { get; set; }

    /// <summary>The <c>aud</c> of good tokens: what the issuer calls this API. Needed with authentication.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim of a token that is the <c>userId</c> of orders.</summary>
    [Allowed("the name of a claim")]
    public string UserClaim { get; set; } = "sub";

    /// <summary>The scope (claim <c>scope</c> or <c>scp</c>) that makes an operator, who may do everything for everybody.</summary>
    [Allowed(AScope)]
    public string OperatorScope { get; set; } = "order-inventory.operate";

    /// <summary>The scope of whoever watches: sees what staff and operators see, and changes nothing.</summary>
    [Allowed(AScope)]
    public string ReadScope { get; set; } = "order-inventory.read";

    /// <summary>The scope of whoever deals with money: sees every order, pays and refunds.</summary>
    [Allowed(AScope)]
    public string PayScope { get; set; } = "order-inventory.pay";

    /// <summary>The scope of whoever sends goods: sees every order, ships and delivers.</summary>
    [Allowed(AScope)]
    public string FulfilScope { get; set; } = "order-inventory.fulfil";

    /// <summary>The scope of whoever looks after stock: changes it, and sees its operations.</summary>
    [Allowed(AScope)]
    public string StockScope { get; set; } = "order-inventory.stock";

    /// <summary>True when tokens are asked for.</summary>
    public bool IsOn => Authority is not null || MetadataAddress is not null || SigningKey is not null;

    /// <summary>Every scope that makes more than a user.</summary>
    internal IReadOnlyList<string> StaffScopes => [PayScope, FulfilScope, StockScope, ReadScope, OperatorScope];

    /// <summary>The scopes of which a token needs one, the least first; none where every good token will do. <paramref name="method"/>: of the request.</summary>
    internal IReadOnlyList<string> ScopesOf(AccessRule? rule, string? method)
    {
        string[] readers = method is not null && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) ? [ReadScope] : [];
        return rule switch
        {
            AccessRule.Pay => [PayScope, .. readers, OperatorScope],
            AccessRule.Fulfil => [FulfilScope, .. readers, OperatorScope],
            AccessRule.Stock => [StockScope, .. readers, OperatorScope],
            AccessRule.Operator => [.. readers, OperatorScope],
            _ => [],
        };
    }

    /// <summary>Reads the section before anything starts.</summary>
    /// <exception cref="InvalidOperationException">It cannot work; the message says what to write.</exception>
    public static AccessOptions From(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = SettingsReader.Read<AccessOptions>(configuration);
        if (!options.IsOn)
        {
            // Half a configuration must not leave the API open.
            if (SettingsReader.Given<AccessOptions>(configuration) is [var orphan, ..]) throw new InvalidOperationException($"{orphan} is set, but nothing says whose tokens are good; add {Section}:Authority, {Section}:MetadataAddress or {Section}:SigningKey, or remove it.");
            return options;
        }

        if (options.Audience is null) throw Wrong(nameof(Audience), "is missing; write what the issuer puts into aud for this API, else tokens for other APIs would be good here");
        if (options.Issuer is null && options.Authority is null && options.MetadataAddress is null) throw Wrong(nameof(Issuer), $"is missing; with {Section}:SigningKey alone nothing else names the issuer");
        if (options.SigningKey is not null && (options.Authority ?? options.MetadataAddress) is not null) throw Wrong(nameof(SigningKey), $"is set beside {Section}:Authority or {Section}:MetadataAddress; keep one source of keys");
        foreach (var (name, scope) in new[] { (nameof(OperatorScope), options.OperatorScope), (nameof(PayScope), options.PayScope), (nameof(FulfilScope), options.FulfilScope), (nameof(StockScope), options.StockScope), (nameof(ReadScope), options.ReadScope) })
            if (scope.Length == 0 || scope.Any(character => character is <= ' ' or '"' or '\\' or > '~')) throw Wrong(name, "is not one scope; write it without spaces and quotes");
        CheckAddress(nameof(Authority), options.Authority);
        CheckAddress(nameof(MetadataAddress), options.MetadataAddress);
        if (options.SigningKey is not null) options.ReadSigningKeys();
        return options;
    }

    /// <summary>The keys in <see cref="SigningKey"/>.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    internal IReadOnlyList<SecurityKey> ReadSigningKeys()
    {
        const string remedy = "is not a public key; write an RSA or EC public key as PEM, or a JSON Web Key Set";
        var text = SigningKey!.Trim();
        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal)) throw Wrong(nameof(SigningKey), "is a private key; only the issuer may have that, write the public one");
        try
        {
            if (text.StartsWith('{'))
            {
                var keys = new JsonWebKeySet(text).GetSigningKeys().Where(key => key is AsymmetricSecurityKey or JsonWebKey { HasPrivateKey: false, Kty: "RSA" or "EC" }).ToArray();
                return keys.Length > 0 ? keys : throw Wrong(nameof(SigningKey), remedy);
            }

            if (TryReadRsa(text) is { } rsa) return [new RsaSecurityKey(rsa)];
            var curve = ECDsa.Create();
            curve.ImportFromPem(text);
            return [new ECDsaSecurityKey(curve)];
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            throw Wrong(nameof(SigningKey), remedy);
        }
    }

    private static RSA? TryReadRsa(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return rsa;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            rsa.Dispose();
            return null;
        }
    }

    // Keys that come over a line that others can write to are nobody's keys.
    private static void CheckAddress(string name, string? address)
    {
        if (address is null) return;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http")) throw Wrong(name, $"is {address}; write an address that begins with https://");
        if (uri.Scheme == "http" && !uri.IsLoopback) throw Wrong(name, $"is {address}; write https://, because whoever answers there decides whose tokens are good");
    }

    private static InvalidOperationException Wrong(string name, string what) => new($"{Section}:{name} {what}.");
}
