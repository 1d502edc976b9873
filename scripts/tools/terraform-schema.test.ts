import { expect, test } from 'vitest';
import { readClass } from './terraform-schema.ts';

/** As the generator writes a class: the parts that are read, of a resource that there is not. */
const script = `const cdktf = require("cdktf");
function exampleRuleToHclTerraform(struct) {
    const attrs = {
        status: {
            value: cdktf.stringToHclTerraform(struct.status),
            isBlock: false,
            type: "simple",
            storageClassType: "string",
        },
        ports: {
            value: cdktf.listMapperHcl(cdktf.numberToHclTerraform, false)(struct.ports),
            isBlock: false,
            type: "set",
            storageClassType: "numberList",
        },
    };
    return attrs;
}
function exampleTimeoutsToHclTerraform(struct) {
    const attrs = {
        create: {
            value: cdktf.stringToHclTerraform(struct.create),
            isBlock: false,
            type: "simple",
            storageClassType: "string",
        },
    };
    return attrs;
}
class Example extends cdktf.TerraformResource {
    constructor(scope, id, config) {
        super(scope, id, {
            terraformGeneratorMetadata: {
                providerVersion: '6.25.0',
            },
        });
        this._endpoint = new ExampleEndpointList(this, "endpoint", false);
    }
    get arn() {
        return this.getStringAttribute('arn');
    }
    get zones() {
        return cdktf.Fn.tolist(this.getListAttribute('zones'));
    }
    get name() {
        return this.getStringAttribute('name');
    }
    synthesizeHclAttributes() {
        const attrs = {
            name: {
                value: cdktf.stringToHclTerraform(this._name),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
            tags: {
                value: cdktf.hashMapperHcl(cdktf.stringToHclTerraform)(this._tags),
                isBlock: false,
                type: "map",
                storageClassType: "stringMap",
            },
            rule: {
                value: cdktf.listMapperHcl(exampleRuleToHclTerraform, true)(this._rule.internalValue),
                isBlock: true,
                type: "set",
                storageClassType: "ExampleRuleList",
            },
            scan: {
                value: exampleRuleToHclTerraform(this._scan.internalValue),
                isBlock: true,
                type: "list",
                storageClassType: "ExampleRuleList",
            },
            timeouts: {
                value: exampleTimeoutsToHclTerraform(this._timeouts.internalValue),
                isBlock: true,
                type: "struct",
                storageClassType: "ExampleTimeouts",
            },
        };
        return attrs;
    }
}
Example.tfResourceType = "aws_example";
`;
const declarations = `export interface ExampleConfig extends cdktf.TerraformMetaArguments {
    readonly name: string;
    readonly tags?: {
        [key: string]: string;
    };
    readonly rule: ExampleRule[] | cdktf.IResolvable;
    readonly scan?: ExampleRule;
    readonly timeouts?: ExampleTimeouts;
}
export interface ExampleRule {
    readonly status: string;
    readonly ports?: number[];
}
export interface ExampleTimeouts {
    readonly create?: string;
}
`;

test('arguments, blocks and what is computed are read, with their types and numbers', () => {
  const rule = {
    attributes: {
      status: { type: 'string', mode: 'required' },
      ports: { type: ['set', 'number'], mode: 'settable' },
    },
    blocks: {},
  };
  expect(readClass(script, declarations)).toEqual({
    kind: 'resource',
    name: 'aws_example',
    providerVersion: '6.25.0',
    block: {
      attributes: {
        name: { type: 'string', mode: 'required' },
        tags: { type: ['map', 'string'], mode: 'settable' },
        arn: { type: 'string', mode: 'computed' },
        zones: { type: ['list', 'string'], mode: 'computed' },
        endpoint: { type: 'dynamic', mode: 'computed' },
      },
      blocks: {
        rule: { nesting: 'set', min: 1, max: 0, block: rule },
        scan: { nesting: 'list', min: 0, max: 1, block: rule },
        timeouts: {
          nesting: 'single',
          min: 0,
          max: 0,
          block: { attributes: { create: { type: 'string', mode: 'settable' } }, blocks: {} },
        },
      },
    },
  });
});

test('what is no class of Terraform is none', () => {
  expect(readClass('class Example {}', '')).toBeNull();
});
