using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OrderInventory.Testing.Access;

/// <summary>An issuer of tokens, and of tokens that must not be taken for its own.</summary>
public sealed class TestIssuer
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "order-inventory";
    public const string OperatorScope = "order-inventory.operate";

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    // For all tests of a process: each takes a tenth of a second to find.
    private static readonly (RSA Own, RSA Other) Keys = (RSA.Create(2048), RSA.Create(2048));

    private readonly RSA _key = Keys.Own;
    private readonly RSA _otherKey = Keys.Other;

    /// <summary>Settings with which an app takes the tokens of this issuer.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["Authentication:SigningKey"] = PublicKey,
        ["Authentication:Issuer"] = Issuer,
        ["Authentication:Audience"] = Audience,
    };

    public string PublicKey => _key.ExportSubjectPublicKeyInfoPem();

    public string PrivateKey => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>A JSON Web Key Set with the public key.</summary>
    public string KeySet
    {
        get
        {
            var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(_key.ExportParameters(includePrivateParameters: false)));
            return $$"""{"keys":[{"kty":"RSA","n":"{{key.N}}","e":"{{key.E}}"}]}""";
        }
    }

    /// <summary>A good token of <paramref name="user"/> with <paramref name="scope"/>, unless <paramref name="change"/> spoils it.</summary>
    public string Token(string? user, string? scope = null, Action<SecurityTokenDescriptor>? change = null, params Claim[] more)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var claims = new List<Claim>(more);
        if (user is not null) claims.Add(new Claim("sub", user));
        if (scope is not null) claims.Add(new Claim("scope", scope));
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            NotBefore = now.AddMinutes(-1),
            Expires = now.AddMinutes(5),
            Subject = new ClaimsIdentity(claims),
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(_key), SecurityAlgorithms.RsaSha256),
        };
        change?.Invoke(descriptor);
        return Handler.CreateToken(descriptor);
    }

    /// <summary>A good token of an operator.</summary>
    public string Operator(string? user = null) => Token(user, "openid " + OperatorScope);

    /// <summary>Tokens that no endpoint may take, by what is wrong with them. All of them claim to be an operator, who could do everything.</summary>
    public IReadOnlyDictionary<string, string> BadTokens
    {
        get
        {
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            return new Dictionary<string, string>
            {
                ["expired"] = Spoilt(token => (token.NotBefore, token.Expires) = (now.AddHours(-2), now.AddHours(-1))),
                ["not valid yet"] = Spoilt(token => (token.NotBefore, token.Expires) = (now.AddHours(1), now.AddHours(2))),
                ["without an end"] = Spoilt(token => token.Expires = null),
                ["of another issuer"] = Spoilt(token => token.Issuer = "https://other.example"),
                ["of no issuer"] = Spoilt(token => token.Issuer = null),
                ["for another audience"] = Spoilt(token => token.Audience = "other"),
                ["for no audience"] = Spoilt(token => token.Audience = null),
                ["signed with another key"] = Spoilt(token => token.SigningCredentials = new SigningCredentials(new RsaSecurityKey(_otherKey), SecurityAlgorithms.RsaSha256)),
                ["not signed"] = Spoilt(token => token.SigningCredentials = null),
                ["signed with the public key as a secret"] = Spoilt(token => token.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(PublicKey)), SecurityAlgorithms.HmacSha256)),
                ["changed after it was signed"] = Forged(),
                ["of nobody"] = Token(null),
                ["of two users"] = Token("u", null, null, new Claim("sub", "v")),
                ["of a user that is no id"] = Token(new string('x', 200)),
                ["no token"] = "nonsense",
            };
        }
    }

    private string Spoilt(Action<SecurityTokenDescriptor> change) => Token("u", OperatorScope, change);

    /// <summary>The signature of a user's token under the claims of an operator's.</summary>
    private string Forged() => Operator("u")[..Operator("u").LastIndexOf('.')] + Token("u")[Token("u").LastIndexOf('.')..];
}
